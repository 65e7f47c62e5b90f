import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/** Random for each data folder, and the same at each start on it. */
export interface Secrets {
  apiKey: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export async function openSecrets(db: Database): Promise<Secrets> {
  const settings = db.sublevel<string, Secrets>('settings', { valueEncoding: 'json' });
  const known = await settings.get('secrets');
  if (known !== undefined) return known;
  const secrets = {
    apiKey: randomBytes(24).toString('hex'),
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').slice(0, 15).toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  };
  await settings.put('secrets', secrets);
  return secrets;
}

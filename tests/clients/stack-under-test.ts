import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { S3Client } from '@aws-sdk/client-s3';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** What these tests need of `stack.json`. */
export interface StackUnderTest {
  s3_endpoint: string;
  bucket: string;
  region: string;
  access_key_id: string;
  secret_access_key: string;
}

/** The stack that STACK names. */
export async function stackUnderTest(): Promise<StackUnderTest> {
  const file = process.env['STACK'];
  if (file === undefined)
    throw new Error('STACK must name the stack.json of a running stack: npm run test:clients does');
  return JSON.parse(await readFile(file, 'utf8')) as StackUnderTest;
}

/** Begins the keys of one run of one test file. */
export function newPrefix(): string {
  return `uploads/clients-${randomUUID().slice(0, 8)}/`;
}

/** The SDK's client, for URLs that are signed for others to follow. */
export function sdkClient(stack: StackUnderTest): S3Client {
  return new S3Client({
    endpoint: stack.s3_endpoint,
    region: stack.region,
    forcePathStyle: true,
    credentials: { accessKeyId: stack.access_key_id, secretAccessKey: stack.secret_access_key },
  });
}

/** The environment of a client of AWS: this stack's credentials, and nothing of who runs the tests. */
export function clientEnvironment(stack: StackUnderTest, configFile: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_)/i.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ACCESS_KEY_ID: stack.access_key_id,
    AWS_SECRET_ACCESS_KEY: stack.secret_access_key,
    AWS_DEFAULT_REGION: stack.region,
    AWS_ENDPOINT_URL_S3: stack.s3_endpoint,
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: `${configFile}.none`,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1,localhost',
    PYTHONUTF8: '1',
    PYTHONIOENCODING: 'utf-8',
  };
}

/** Names that clients, shells and file systems stumble over. */
export const ODD_NAMES = [
  'año 1+1 50%.jpg',
  'a//b.jpg',
  '🦊.png',
  '%2F%41.jpg',
  '.hidden',
  "~!*'().jpg",
  'a&b=c;d,e@f$g#h.jpg',
  '日本/語.webp',
] as const;

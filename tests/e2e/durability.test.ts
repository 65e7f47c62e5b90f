import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Stack, type StackProcess, startStackProcess } from '../start-stack.ts';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

// Several starts of the whole stack, each of which a busy machine may draw out.
jest.setTimeout(240_000);

let folder: string;
let data: string;
let running: StackProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corte de luz ñ '));
  data = join(folder, 'data');
});

afterEach(async () => {
  await running?.kill();
  running = undefined;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function clientOf({ s3_endpoint, region, access_key_id, secret_access_key }: Stack): S3Client {
  const credentials = { accessKeyId: access_key_id, secretAccessKey: secret_access_key };
  return new S3Client({ endpoint: s3_endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
}

/** Puts under names that count up, several at once, until the stack is gone; tells each that was acknowledged. */
async function putUntilGone(stack: Stack, onPut: (key: string) => void): Promise<void> {
  const s3 = clientOf(stack);
  let count = 0;
  const putting = async (): Promise<void> => {
    for (;;) {
      const Key = `uploads/${count++}.png`;
      await s3.send(
        new PutObjectCommand({ Bucket: stack.bucket, Key, Body: PIXEL, ContentType: 'image/png' }),
      );
      onPut(Key);
    }
  };
  await Promise.allSettled(Array.from({ length: 6 }, putting));
  s3.destroy();
}

async function listed({ api_url, api_key }: Stack): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${api_url}/metadata?limit=1000${query}`, {
      headers: { 'x-api-key': api_key },
    });
    const page = (await answer.json()) as { items: { image_id: string }[]; next_cursor: string | null };
    for (const { image_id } of page.items) ids.add(image_id);
    cursor = page.next_cursor;
  }
  return ids;
}

async function untilListed(stack: Stack, keys: Set<string>): Promise<void> {
  let missing: string[] = [];
  for (let i = 0; i < 400; i++) {
    const ids = await listed(stack);
    missing = [...keys].filter((key) => !ids.has(key));
    if (missing.length === 0) return;
    await sleep(200);
  }
  throw new Error(`Never listed: ${missing.join(', ')}`);
}

describe('what was acknowledged', () => {
  it('is there after kill -9 in the middle of puts, twice, and the index catches up', async () => {
    const put = new Set<string>();
    for (const atLeast of [150, 300]) {
      running = await startStackProcess({ data });
      const { stack, kill } = running;
      const gone = putUntilGone(stack, (key) => {
        put.add(key);
        if (put.size === atLeast) void kill();
      });
      await gone;
    }
    running = await startStackProcess({ data });
    const { stack } = running;
    expect(put.size).toBeGreaterThanOrEqual(150);
    await untilListed(stack, put);
    const s3 = clientOf(stack);
    for (const Key of put) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: stack.bucket, Key }));
      expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(PIXEL);
    }
    s3.destroy();
  });

  it('is there after Ctrl-C, and gone with --reset, the keys too', async () => {
    running = await startStackProcess({ data });
    const first = running.stack;
    const s3 = clientOf(first);
    await s3.send(new PutObjectCommand({ Bucket: first.bucket, Key: 'uploads/a.png', Body: PIXEL }));
    s3.destroy();
    await running.stop();
    running = await startStackProcess({ data });
    await untilListed(running.stack, new Set(['uploads/a.png']));
    await running.stop();
    running = await startStackProcess({ data, args: ['--reset'] });
    expect((await listed(running.stack)).size).toBe(0);
    expect(running.stack.api_key).not.toBe(first.api_key);
  });
});

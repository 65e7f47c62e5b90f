import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingBody } from './storage/body-files.ts';
import { BUCKET, REGION, sendPlain, startS3ForTests, xmlText, type S3ForTests } from './s3-for-tests.ts';
import { signedHeaders } from './signing-for-tests.ts';

const PATH = `/${BUCKET}/uploads/a.bin`;

let s3: S3ForTests;

beforeEach(async () => {
  s3 = await startS3ForTests();
});

afterEach(() => s3.stop());

async function signed(
  method: string,
  path: string,
  query: Record<string, string> = {},
): Promise<Record<string, string>> {
  return signedHeaders({ port: s3.port, method, path, query });
}

/** A connection that is written to by hand, and what came back on it. */
async function open(): Promise<{
  socket: Socket;
  received: () => string;
  until: (text: string) => Promise<void>;
}> {
  const socket = connect(s3.port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString('latin1'))).on('error', () => undefined);
  await once(socket, 'connect');
  return {
    socket,
    received: () => text,
    until: async (part) => {
      while (!text.includes(part)) await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    },
  };
}

async function requestHead(headers: Record<string, string>): Promise<string> {
  const all = { ...(await signed('PUT', PATH)), ...headers };
  return `PUT ${PATH} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('buckets', () => {
  test('are listed', async () => {
    const { Buckets } = await s3.client.send(new ListBucketsCommand({}));
    expect(Buckets).toEqual([{ Name: BUCKET, BucketRegion: REGION, CreationDate: expect.any(Date) }]);
  });

  test('have a region', async () => {
    const { BucketRegion } = await s3.client.send(new HeadBucketCommand({ Bucket: BUCKET }));
    expect(BucketRegion).toBe(REGION);
    const { LocationConstraint } = await s3.client.send(new GetBucketLocationCommand({ Bucket: BUCKET }));
    expect(LocationConstraint).toBeUndefined();
  });

  test('that are not there are not there', async () => {
    await expect(s3.client.send(new HeadBucketCommand({ Bucket: 'other' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
});

describe('what is not offered', () => {
  test.each([
    ['PUT', '/other', {}],
    ['DELETE', `/${BUCKET}`, {}],
    ['GET', `/${BUCKET}`, {}],
    ['GET', `/${BUCKET}`, { acl: '' }],
    ['GET', `/${BUCKET}`, { 'list-type': '2', versions: '' }],
    ['POST', `/${BUCKET}`, { delete: '' }],
    ['POST', PATH, { uploads: '' }],
    ['PUT', PATH, { partNumber: '1', uploadId: 'x' }],
    ['PUT', PATH, { tagging: '' }],
    ['GET', PATH, { versionId: 'null' }],
    ['GET', PATH, { partNumber: '1' }],
    ['DELETE', PATH, { tagging: '' }],
  ])('is never a false 200: %s %s %j', async (method, path, query) => {
    const headers = await signed(method, path, query);
    const search = new URLSearchParams(query).toString();
    const { status, body } = await sendPlain(s3.port, { method, path: `${path}?${search}`, headers });
    expect([status, xmlText(body, 'Code')]).toEqual([501, 'NotImplemented']);
    expect(s3.changes).toEqual([]);
  });

  test('includes methods that S3 does not have', async () => {
    const headers = await signed('PATCH', PATH);
    const { status, body } = await sendPlain(s3.port, { method: 'PATCH', path: PATH, headers });
    expect([status, xmlText(body, 'Code')]).toEqual([405, 'MethodNotAllowed']);
  });
});

describe('a browser', () => {
  const ORIGIN = 'http://localhost:5173';

  test('may upload from a page of any origin', async () => {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,x-amz-meta-a',
    };
    const answer = await sendPlain(s3.port, { method: 'OPTIONS', path: PATH, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, PUT, HEAD, POST, DELETE',
      'access-control-allow-headers': 'content-type,x-amz-meta-a',
    });
  });

  test('may read the ETag, and errors too', async () => {
    const put = { ...(await signed('PUT', PATH)), origin: ORIGIN };
    const { headers } = await sendPlain(s3.port, { method: 'PUT', path: PATH, headers: put, body: 'x' });
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']).toContain('ETag');
    const refused = await sendPlain(s3.port, { path: PATH, headers: { origin: ORIGIN } });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, '*']);
  });

  test.each([
    [{ 'access-control-request-method': 'PUT' }, 400],
    [{ origin: ORIGIN }, 400],
    [{ origin: ORIGIN, 'access-control-request-method': 'PATCH' }, 403],
  ] as [Record<string, string>, number][])('that asks %j is answered with %d', async (headers, status) => {
    expect((await sendPlain(s3.port, { method: 'OPTIONS', path: PATH, headers })).status).toBe(status);
  });
});

describe('a request', () => {
  test('that nobody signed is denied', async () => {
    const { status, headers, body } = await sendPlain(s3.port, { path: PATH });
    expect([status, xmlText(body, 'Code')]).toEqual([403, 'AccessDenied']);
    expect(xmlText(body, 'RequestId')).toBe(headers['x-amz-request-id']);
    expect(xmlText(body, 'HostId')).toBe(headers['x-amz-id-2']);
    expect(headers['content-type']).toBe('application/xml');
  });

  test.each(['/images/%', '/images/%zz', '/images/%FF', '/images/a?b=%'])(
    'for %s can not be read',
    async (path) => {
      const { status, body } = await sendPlain(s3.port, { path });
      expect([status, xmlText(body, 'Code')]).toEqual([400, 'InvalidURI']);
    },
  );

  test('may name the host in its first line, as proxies write it', async () => {
    const headers = await signed('GET', PATH);
    const { status } = await sendPlain(s3.port, { path: `http://127.0.0.1:${s3.port}${PATH}`, headers });
    expect(status).toBe(404);
  });

  test('without a bucket but with a key finds none', async () => {
    const { status, body } = await sendPlain(s3.port, { path: '//x', headers: await signed('GET', '//x') });
    expect([status, xmlText(body, 'Code')]).toEqual([404, 'NoSuchBucket']);
  });

  test('is told to the console in one line, without its query', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a b', Body: 'x' }));
    await sendPlain(s3.port, { path: `${PATH}?secret=1` });
    expect(s3.lines).toEqual([
      { method: 'PUT', path: `/${BUCKET}/a%20b`, status: 200, ms: expect.any(Number) },
      { method: 'GET', path: PATH, status: 403, ms: expect.any(Number), code: 'AccessDenied' },
    ]);
  });
});

describe('an upload', () => {
  test('is asked for only when its headers are good', async () => {
    const { socket, received, until } = await open();
    socket.write(await requestHead({ 'content-length': '5', expect: '100-continue' }));
    await until('100 Continue\r\n\r\n');
    socket.write('hello');
    await until('HTTP/1.1 200 OK');
    expect(received()).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
    socket.destroy();
  });

  test('is refused before it is sent, and the connection with it', async () => {
    const { socket, received, until } = await open();
    const head = await requestHead({ 'content-length': '5', expect: '100-continue' });
    socket.write(head.replace(/Signature=\w/, 'Signature=z'));
    await until('</Error>');
    expect(received()).toMatch(/^HTTP\/1.1 403 /);
    expect(received()).toMatch(/connection: close/i);
    socket.end();
    await once(socket, 'close');
  });

  test('that is refused is read on for a while, so that its sender reads why', async () => {
    const body = Buffer.alloc(4_000_000);
    const headers = {
      ...(await signed('PUT', PATH)),
      'content-length': String(body.length),
      authorization: 'none',
    };
    const answer = await sendPlain(s3.port, { method: 'PUT', path: PATH, headers, body });
    expect(answer.status).toBe(400);
    expect(await s3.bodies()).toEqual([]);
  });

  test('that is refused may be sent to its end', async () => {
    const { socket, until } = await open();
    const head = await requestHead({ 'content-length': '5000000' });
    socket.write(head.replace(/Signature=\w/, 'Signature=z'));
    await until('</Error>');
    const failures: unknown[] = [];
    for (let sent = 0; sent < 5_000_000; sent += 500_000) {
      await new Promise<void>((resolve) => {
        socket.write(Buffer.alloc(500_000), (error) => {
          if (error) failures.push(error);
          setImmediate(resolve);
        });
      });
    }
    expect(failures).toEqual([]);
    socket.destroy();
  });

  test('that turns out wrong in its middle is still answered', async () => {
    const { socket, until, received } = await open();
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '9',
    };
    const signedHead = await signedHeaders({ port: s3.port, method: 'PUT', path: PATH, headers });
    const lines = Object.entries({ ...signedHead, 'content-length': '5000000' }).map((pair) =>
      pair.join(': '),
    );
    socket.write(`PUT ${PATH} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\nno chunk\r\n`);
    await until('</Error>');
    expect(received()).toContain('<Code>IncompleteBody</Code>');
    socket.destroy();
  });

  test('leaves its connection open for the next', async () => {
    const { socket, until, received } = await open();
    for (const body of ['first', 'other']) {
      socket.write(`${await requestHead({ 'content-length': '5' })}${body}`);
      await until(
        `"${body === 'first' ? '8b04d5e3775d298e78455efc5ca404d5' : '795f3202b17cb6bc3d4b771d8c6c9eaf'}"`,
      );
    }
    expect(received()).toMatch(/keep-alive/i);
    socket.destroy();
  });

  test('that is cut off changes nothing and leaves nothing', async () => {
    const { socket } = await open();
    socket.write(`${await requestHead({ 'content-length': '5000000' })}${'x'.repeat(1_000_000)}`);
    await eventually(async () => (await s3.bodies()).length === 1);
    socket.destroy();
    await eventually(() => s3.lines.length === 1);
    expect(s3.lines).toMatchObject([{ method: 'PUT', status: 499 }]);
    expect(s3.lines[0]).not.toHaveProperty('cause');
    expect(await s3.bodies()).toEqual([]);
    expect(s3.changes).toEqual([]);
  });

  test('that ends before its length changes nothing', async () => {
    const { socket } = await open();
    socket.end(`${await requestHead({ 'content-length': '10' })}hello`);
    await eventually(() => s3.lines.length === 1);
    expect(await s3.bodies()).toEqual([]);
    expect(s3.changes).toEqual([]);
  });

  test('may run beside two hundred others', async () => {
    const puts = Array.from({ length: 200 }, async (_, index) => {
      const path = `/${BUCKET}/many/${index}`;
      const headers = await signed('PUT', path);
      return sendPlain(s3.port, { method: 'PUT', path, headers, body: Buffer.alloc(20_000, index) });
    });
    const statuses = (await Promise.all(puts)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(s3.changes).toHaveLength(200);
    expect(await s3.bodies()).toHaveLength(200);
  });
});

describe('a failure of the machine', () => {
  async function putWith(body: Partial<IncomingBody>): Promise<{ status: number; body: string }> {
    const { createBody } = s3.store;
    s3.store.createBody = async () => ({ ...(await createBody.call(s3.store)), ...body });
    const answer = await sendPlain(s3.port, {
      method: 'PUT',
      path: PATH,
      headers: await signed('PUT', PATH),
      body: 'x',
    });
    s3.store.createBody = createBody;
    return answer;
  }

  const full = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('write ENOSPC /secret/path'), { code: 'ENOSPC' }));

  test.each([
    ['to write', { write: full }],
    ['to place', { place: full }],
  ])('%s is an error to the client, and nothing is lost', async (_, broken) => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'uploads/a.bin', Body: 'as it was' }));
    const { status, body } = await putWith(broken);
    expect([status, xmlText(body, 'Code')]).toEqual([500, 'InternalError']);
    expect(body).not.toContain('ENOSPC');
    expect(s3.lines.at(-1)).toMatchObject({ status: 500, code: 'InternalError', cause: { code: 'ENOSPC' } });
    expect(await s3.bodies()).toHaveLength(1);
    expect(s3.changes).toHaveLength(1);
  });
});

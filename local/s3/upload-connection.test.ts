import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BUCKET, sendPlain, startS3ForTests, type S3ForTests } from './s3-for-tests.ts';
import { signedHeaders } from './signing-for-tests.ts';

const PATH = `/${BUCKET}/uploads/a.bin`;

let s3: S3ForTests;

beforeEach(async () => {
  s3 = await startS3ForTests();
});

afterEach(() => s3.stop());

async function signedPut(path: string): Promise<Record<string, string>> {
  return signedHeaders({ port: s3.port, method: 'PUT', path });
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
  const all = { ...(await signedPut(PATH)), ...headers };
  return `PUT ${PATH} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Goes on sending after an answer came; answers what went wrong in that. */
async function sendOn(socket: Socket, length: number): Promise<Error[]> {
  const failures: Error[] = [];
  for (let sent = 0; sent < length; sent += 500_000) {
    await new Promise<void>((resolve) => {
      socket.write(Buffer.alloc(500_000), (error) => {
        if (error) failures.push(error);
        setImmediate(resolve);
      });
    });
  }
  return failures;
}

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
      ...(await signedPut(PATH)),
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
    expect(await sendOn(socket, 5_000_000)).toEqual([]);
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
    expect(await sendOn(socket, 4_000_000)).toEqual([]);
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
      const headers = await signedPut(path);
      return sendPlain(s3.port, { method: 'PUT', path, headers, body: Buffer.alloc(20_000, index) });
    });
    const statuses = (await Promise.all(puts)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(s3.changes).toHaveLength(200);
    expect(await s3.bodies()).toHaveLength(200);
  });
});

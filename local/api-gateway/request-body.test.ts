import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { apiKey, closeFronts, send, startFront } from './front-for-tests.ts';

afterEach(closeFronts);

describe('the limit on bodies', () => {
  const mega = 1024 * 1024;
  const tooLarge = { error: 'The request is larger than the API takes', code: 'too_large' };

  it('lets ten megabytes through', async () => {
    const front = await startFront();
    const { status } = await send(front, '/prod/images', { method: 'POST', body: Buffer.alloc(10 * mega) });
    expect(status).toBe(200);
    expect(front.events[0]?.[1].body).toHaveLength(Math.ceil((10 * mega) / 3) * 4);
  });

  it.each([
    ['of a known length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])(
    'answers 413 with the way out to a larger one %s, and the client can send all of it',
    async (_, headers) => {
      const front = await startFront();
      const body = Buffer.alloc(30 * mega);
      const { status, json } = await send(front, '/prod/images', { method: 'POST', body, headers });
      expect(status).toBe(413);
      expect(json).toMatchObject({ ...tooLarge, hint: expect.stringContaining('POST /images/upload-url') });
      expect(front.events).toEqual([]);
    },
  );

  it('answers a client that waits to be told before it sends anything', async () => {
    const front = await startFront();
    const socket = connect(front.port, '127.0.0.1');
    const head = `POST /prod/images HTTP/1.1\r\nhost: a\r\nx-api-key: ${apiKey}\r\nexpect: 100-continue\r\n`;
    socket.write(`${head}content-length: ${99 * mega}\r\n\r\n`);
    const answer = (await socket.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('tells a client that waits to go on where the size is fine', async () => {
    const front = await startFront();
    const request = httpRequest({
      port: front.port,
      host: '127.0.0.1',
      path: '/prod/images',
      method: 'POST',
    });
    request.setHeader('x-api-key', apiKey).setHeader('expect', '100-continue').setHeader('content-length', 3);
    request.flushHeaders();
    await once(request, 'continue');
    request.end('abc');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, front.events[0]?.[1].body]).toEqual([200, 'YWJj']);
  });

  it('outlives a client that leaves in the middle of its body', async () => {
    const front = await startFront();
    const socket = connect(front.port, '127.0.0.1');
    socket.write(
      `POST /prod/images HTTP/1.1\r\nhost: a\r\nx-api-key: ${apiKey}\r\ncontent-length: 100\r\n\r\nabc`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await send(front, '/prod/metadata')).status).toBe(200);
    expect(front.events).toHaveLength(1);
    expect(front.lines.map(({ status }) => status)).toEqual([499, 200]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { proxyResponseOf } from './proxy-response.ts';

describe("a function's answer", () => {
  it('becomes status, headers and body', () => {
    const answer = { statusCode: 201, headers: { Location: '/a', 'X-Count': 3 }, body: '{"ñ":1}' };
    expect(proxyResponseOf(answer)).toEqual({
      status: 201,
      headers: { 'content-type': 'application/json', location: '/a', 'x-count': '3' },
      body: Buffer.from('{"ñ":1}'),
    });
  });

  it('may carry bytes in base64, and none at all', () => {
    const bytes = Buffer.from([0, 255, 128]);
    const answer = {
      statusCode: 200,
      headers: { 'content-type': 'image/png' },
      body: bytes.toString('base64'),
    };
    expect(proxyResponseOf({ ...answer, isBase64Encoded: true })?.body).toEqual(bytes);
    expect(proxyResponseOf({ statusCode: 204 })?.body).toHaveLength(0);
    expect(proxyResponseOf({ statusCode: 304, body: null })?.body).toHaveLength(0);
  });

  it('has the headers of both maps, each value once', () => {
    const answer = {
      statusCode: 200,
      headers: { vary: 'a', etag: 'x' },
      multiValueHeaders: { Vary: ['a', 'b'] },
    };
    expect(proxyResponseOf(answer)?.headers).toEqual({
      'content-type': 'application/json',
      vary: ['a', 'b'],
      etag: 'x',
    });
  });

  it('does not set what the server sets', () => {
    const headers = { 'Content-Length': '1', Connection: 'close', 'Transfer-Encoding': 'chunked' };
    expect(proxyResponseOf({ statusCode: 200, headers })?.headers).toEqual({
      'content-type': 'application/json',
    });
  });

  it.each([
    ['nothing', null],
    ['text', 'ok'],
    ['a list', [200]],
    ['no status', { body: 'ok' }],
    ['a status that is none', { statusCode: 'fine' }],
    ['a status out of range', { statusCode: 99 }],
    ['half a status', { statusCode: 200.5 }],
    ['a body that is an object', { statusCode: 200, body: { ok: true } }],
    ['a header with a line break', { statusCode: 200, headers: { location: 'a\r\nset-cookie: b' } }],
    ['a header without a name', { statusCode: 200, headers: { '': 'a' } }],
  ])('is none where it is %s', (_, payload) => {
    expect(proxyResponseOf(payload)).toBeUndefined();
  });
});

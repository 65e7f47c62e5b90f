import { afterEach, describe, expect, it } from '@jest/globals';
import { REQUEST_TOO_LARGE, RuntimeClosed, TIMED_OUT } from '../functions/invocation.ts';
import { apiKey, closeFronts, common, send, startFront } from './front-for-tests.ts';

/** What the gateway's own answers say, beside the request's id. */
const INTERNAL_ERROR = { error: 'Internal error', code: 'internal_error' };
const UNAVAILABLE = {
  error: 'Temporarily unavailable',
  code: 'unavailable',
  hint: 'Try again in a moment',
};
const TOO_LARGE = {
  error: 'The request is larger than the API takes',
  code: 'too_large',
  hint: 'Ask POST /images/upload-url for an address and PUT the image there',
};

afterEach(closeFronts);

describe('the gateway', () => {
  it('passes on what the function answers', async () => {
    const payload = {
      statusCode: 201,
      headers: { ETag: '"1"' },
      multiValueHeaders: { a: ['1', '2'] },
      body: '{"b":1}',
    };
    const front = await startFront({ invoke: async () => ({ ...common, ok: true, payload }) });
    const { status, headers, json } = await send(front, '/prod/metadata');
    expect([status, json, headers['etag'], headers['a']]).toEqual([201, { b: 1 }, '"1"', '1, 2']);
    expect(front.lines).toMatchObject([
      { method: 'GET', path: '/metadata', status: 201, result: { requestId: 'f-1' } },
    ]);
  });

  it('sends no body with 304', async () => {
    const payload = { statusCode: 304, headers: { etag: '"1"' }, body: '' };
    const front = await startFront({ invoke: async () => ({ ...common, ok: true, payload }) });
    expect(await send(front, '/prod/metadata')).toMatchObject({
      status: 304,
      json: {},
      headers: { etag: '"1"' },
    });
  });

  it.each([
    ['no key', undefined],
    ['a wrong key', 'a-key-of-more-than-twenty-characterz'],
    ['a part of the key', apiKey.slice(0, -1)],
  ])('answers 403 to %s, and asks no function', async (_, key) => {
    const front = await startFront();
    const headers: Record<string, string | string[]> =
      key === undefined ? { 'x-api-key': [] } : { 'x-api-key': key };
    const { status, json, headers: got } = await send(front, '/prod/metadata', { headers });
    expect(status).toBe(403);
    expect(json).toEqual({
      error: 'Forbidden',
      code: 'forbidden',
      hint: 'Send the API key in the header x-api-key',
      request_id: got['x-request-id'],
    });
    expect(got).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag, Location, x-request-id, Retry-After',
    });
    expect(front.events).toEqual([]);
  });

  it('takes OPTIONS to the function without a key', async () => {
    const front = await startFront();
    const { status } = await send(front, '/prod/metadata', {
      method: 'OPTIONS',
      headers: { 'x-api-key': [] },
    });
    expect(status).toBe(200);
    expect(front.events).toHaveLength(1);
  });

  it.each([
    ['GET', '/prod/nope', undefined],
    ['DELETE', '/prod/metadata', undefined],
    ['OPTIONS', '/prod/nope', undefined],
    ['GET', '/prod', undefined],
    ['GET', '/', 'Every path of the API begins with /prod'],
    ['GET', '/metadata', 'Every path of the API begins with /prod'],
    ['GET', '/production/metadata', 'Every path of the API begins with /prod'],
    ['OPTIONS', '*', 'Every path of the API begins with /prod'],
  ])('answers 404 to %s %s', async (method, path, hint) => {
    const { status, json } = await send(await startFront(), path, { method });
    expect([status, json['code'], json['hint']]).toEqual([404, 'route_not_found', hint]);
  });

  it.each([
    ['crashed', 'Runtime.ExitError', 502, INTERNAL_ERROR],
    ['timed out', TIMED_OUT, 504, UNAVAILABLE],
    ['answered too much', 'Function.ResponseSizeTooLarge', 502, INTERNAL_ERROR],
    ['was sent too much', REQUEST_TOO_LARGE, 413, TOO_LARGE],
  ])('says nothing of why where the function %s', async (_, errorType, expected, body) => {
    const error = { errorType, errorMessage: 'secret' };
    const front = await startFront({ invoke: async () => ({ ...common, ok: false, error }) });
    const { status, json, headers } = await send(front, '/prod/metadata');
    expect([status, json]).toEqual([expected, { ...body, request_id: headers['x-request-id'] }]);
    expect(front.lines[0]?.result).toMatchObject({ error });
  });

  it('answers 502 where the function answers what is no answer', async () => {
    const front = await startFront({
      invoke: async () => ({ ...common, ok: true, payload: { message: 'hello' } }),
    });
    const { status, json, headers } = await send(front, '/prod/metadata');
    expect([status, json]).toEqual([502, { ...INTERNAL_ERROR, request_id: headers['x-request-id'] }]);
  });

  it('answers 504 at its own time limit, and 503 while the stack ends', async () => {
    const slow = await startFront({ invoke: () => new Promise(() => undefined), integrationTimeoutMs: 30 });
    expect(await send(slow, '/prod/metadata')).toMatchObject({ status: 504, json: UNAVAILABLE });
    const ending = await startFront({ invoke: () => Promise.reject(new RuntimeClosed('closed')) });
    expect(await send(ending, '/prod/metadata')).toMatchObject({ status: 503, json: UNAVAILABLE });
  });
});

import { describe, expect, test } from '@jest/globals';
import { codeOf } from './answers.ts';
import { callApi, ORIGIN } from './api-client.ts';
import { OPERATIONS } from './contract.ts';
import { ownFolder } from './own-folder.ts';

const { id } = ownFolder();

describe('a route that the contract does not have', () => {
  test.each([
    ['GET', '/nope'],
    ['GET', '/metadatas'],
    ['POST', '/images/upload-urls'],
    ['POST', '/metadata'],
    ['PUT', '/metadata'],
    ['DELETE', '/metadata'],
    ['POST', '/metadata/{image_id}'],
    ['PUT', '/metadata/{image_id}'],
    ['PATCH', '/metadata/{image_id}'],
    ['GET', '/images'],
    ['PUT', '/images'],
    ['DELETE', '/images'],
    ['GET', '/images/upload-url'],
    ['DELETE', '/images/upload-url'],
  ])('%s %s answers 404 route_not_found', async (method, path) => {
    expect(codeOf(await callApi(method, withId(path)))).toBe('404 route_not_found');
  });

  test('answers so without an API key too', async () => {
    expect(codeOf(await callApi('GET', '/nope', { apiKey: null }))).toBe('404 route_not_found');
  });

  test('answers 404 to a preflight too', async () => {
    expect((await callApi('OPTIONS', '/nope')).status).toBe(404);
  });

  test('HEAD is one, and its 404 has no body', async () => {
    const { status, text } = await callApi('HEAD', '/metadata');
    expect([status, text]).toEqual([404, '']);
  });
});

test('each request has an x-request-id of its own', async () => {
  const answers = [await callApi('GET', '/metadata'), await callApi('GET', '/metadata')];
  expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(2);
});

describe("a browser's preflight", () => {
  test.each(OPERATIONS)('passes without an API key for $method $path', async ({ method, path }) => {
    const { status, headers } = await callApi('OPTIONS', withId(path), {
      apiKey: null,
      headers: {
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type,if-none-match,x-api-key',
      },
    });
    expect([200, 204]).toContain(status);
    expect(['*', ORIGIN]).toContain(headers.get('access-control-allow-origin'));
    expect(listIn(headers, 'access-control-allow-methods')).toContain(method.toLowerCase());
    expect(listIn(headers, 'access-control-allow-headers')).toEqual(expect.arrayContaining(ALLOWED));
  });

  test('lets the page read the headers that the contract names', async () => {
    const { headers } = await callApi('GET', '/metadata');
    expect(listIn(headers, 'access-control-expose-headers')).toEqual(
      expect.arrayContaining(['etag', 'location', 'x-request-id', 'retry-after']),
    );
  });
});

function withId(path: string): string {
  return path.replace('{image_id}', `${encodeURIComponent(id)}a%20b.jpg`);
}

const ALLOWED = [
  'x-api-key',
  'content-type',
  'authorization',
  'x-amz-date',
  'x-amz-security-token',
  'if-none-match',
];

function listIn(headers: Headers, name: string): string[] {
  const values = headers.get(name)?.split(',') ?? [];
  return values.map((value) => value.trim().toLowerCase());
}

import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { requestIdOf, restApiHandler } from './rest-api.ts';

const SAMPLE = JSON.parse(
  readFileSync('lambdas/shared/samples/rest-api-request.json', 'utf8'),
) as APIGatewayProxyEvent;

const contexts: string[] = [];
// The log takes the whole; the handler itself looks at nothing of it.
const CONTEXT = { awsRequestId: 'invocation-1' } as Context;

/** An API that answers what it was asked. */
const handler = restApiHandler(
  new Hono().all('*', async (c) => {
    const { pathname, searchParams } = new URL(c.req.url);
    return c.json(
      {
        requestId: requestIdOf(c.env),
        method: c.req.method,
        pathname,
        query: [...searchParams],
        headers: c.req.header(),
        body: Buffer.from(await c.req.arrayBuffer()).toString('hex'),
      },
      203,
      { 'x-answer': 'yes' },
    );
  }),
  { addContext: ({ awsRequestId }) => contexts.push(awsRequestId) },
);

async function ask(change: Partial<Parameters<typeof handler>[0]>) {
  const { body, ...answer } = await handler({ ...SAMPLE, ...change }, CONTEXT);
  return { ...answer, asked: JSON.parse(body) as Record<string, unknown> };
}

describe('a request behind API Gateway', () => {
  test('reaches the API with its path as it was sent, and its id', async () => {
    const { statusCode, headers, isBase64Encoded, asked } = await ask({});
    expect({ statusCode, isBase64Encoded }).toEqual({ statusCode: 203, isBase64Encoded: false });
    expect(headers).toMatchObject({ 'x-answer': 'yes', 'content-type': 'application/json' });
    expect(asked).toMatchObject({
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      method: 'GET',
      pathname: '/metadata/uploads/a%C3%B1o%201%2B1//50%25.jpg',
      query: [],
      headers: { 'x-api-key': 'key' },
      body: '',
    });
  });

  test('reaches the API with its query, whose values come decoded', async () => {
    const { asked } = await ask({ multiValueQueryStringParameters: { prefix: ['a b&c=50%', 'ñ'] } });
    expect(asked['query']).toEqual([
      ['prefix', 'a b&c=50%'],
      ['prefix', 'ñ'],
    ]);
  });

  test('reaches the API with its body, byte for byte', async () => {
    const body = Buffer.from([0, 255, 128, 10]).toString('base64');
    const { asked } = await ask({ httpMethod: 'POST', body, isBase64Encoded: true });
    expect(asked['body']).toBe('00ff800a');
  });

  test('of GET loses a body, which the web does not know there', async () => {
    const { statusCode, asked } = await ask({ body: 'eA==', isBase64Encoded: true });
    expect([statusCode, asked['body']]).toEqual([203, '']);
  });

  test.each(['/metadata/a/../b', '/metadata/%2e%2E/b', '/metadata/.', '/metadata/a\\..\\b'])(
    'whose path %s a URL would resolve finds no route',
    async (path) => {
      expect((await ask({ path })).asked['pathname']).toBe('/');
    },
  );

  test('keeps a backslash, and dots that are no segment', async () => {
    expect((await ask({ path: '/metadata/a\\b..c/...' })).asked['pathname']).toBe('/metadata/a%5Cb..c/...');
  });

  test('may come without headers', async () => {
    const { statusCode, asked } = await ask({ multiValueHeaders: null });
    expect([statusCode, asked['headers']]).toEqual([203, {}]);
  });

  test('gives the log its context', async () => {
    contexts.length = 0;
    await ask({});
    expect(contexts).toEqual(['invocation-1']);
  });

  test('loses a header that HTTP does not allow, and no other', async () => {
    const { asked } = await ask({ multiValueHeaders: { 'x-bad': ['a\nb', '日本'], 'x-good': ['a', 'b'] } });
    expect(asked['headers']).toEqual({ 'x-good': 'a, b' });
  });
});

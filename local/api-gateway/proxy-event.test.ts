import { afterEach, describe, expect, it } from '@jest/globals';
import { apiKey, closeFronts, send, startFront } from './front-for-tests.ts';

afterEach(closeFronts);

describe('the event that a function gets', () => {
  it('is that of a REST API, with the path as it was sent', async () => {
    const front = await startFront();
    const headers = { 'User-Agent': 'test/1', 'X-Many': ['a', 'b'], 'Content-Type': 'image/png' };
    await send(front, '/prod/metadata/uploads//a%C3%B1o%201%2B1/?prefix=a+b%2B&limit=1&limit=2&flag', {
      headers,
    });
    const [[name, event] = []] = front.events;
    expect(name).toBe('read');
    expect(event).toMatchObject({
      resource: '/metadata/{image_id+}',
      path: '/metadata/uploads//a%C3%B1o%201%2B1/',
      httpMethod: 'GET',
      headers: {
        Host: `127.0.0.1:${front.port}`,
        'User-Agent': 'test/1',
        'X-Many': 'b',
        'Content-Type': 'image/png',
        'X-Forwarded-For': '127.0.0.1',
        'X-Forwarded-Proto': 'http',
      },
      multiValueHeaders: { 'X-Many': ['a', 'b'] },
      queryStringParameters: { prefix: 'a b+', limit: '2', flag: '' },
      multiValueQueryStringParameters: { prefix: ['a b+'], limit: ['1', '2'], flag: [''] },
      pathParameters: { image_id: 'uploads/a%C3%B1o%201%2B1' },
      stageVariables: null,
      requestContext: {
        accountId: '123456789012',
        apiId: 'local',
        domainName: `127.0.0.1:${front.port}`,
        httpMethod: 'GET',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test/1', apiKey, caller: null },
        path: '/prod/metadata/uploads//a%C3%B1o%201%2B1/',
        protocol: 'HTTP/1.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
        requestTimeEpoch: expect.any(Number),
        resourcePath: '/metadata/{image_id+}',
        stage: 'prod',
      },
      body: null,
      isBase64Encoded: false,
    });
  });

  it('has null where there is no query and no parameter', async () => {
    const front = await startFront();
    await send(front, '/prod/metadata?');
    expect(front.events[0]?.[1]).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
    });
  });

  it('has every body in base64, and no content-length', async () => {
    const front = await startFront();
    const body = Buffer.from([0, 1, 254, 255]);
    await send(front, '/prod/images?name=a', { method: 'POST', body });
    const event = front.events[0]?.[1];
    expect(event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
    expect(Object.keys(event?.headers ?? {}).map((name) => name.toLowerCase())).not.toContain(
      'content-length',
    );
  });

  it('keeps dots and broken percent-encoding as they were sent', async () => {
    const front = await startFront();
    expect((await send(front, '/prod/metadata/a/../%zz%?x=%zz&%=1')).status).toBe(200);
    expect(front.events[0]?.[1]).toMatchObject({
      path: '/metadata/a/../%zz%',
      queryStringParameters: { x: '%zz', '%': '1' },
    });
  });

  it('is the same where the request names the whole address', async () => {
    const front = await startFront();
    await send(front, `http://127.0.0.1:${front.port}/prod/metadata?limit=1`);
    expect(front.events[0]?.[1]).toMatchObject({ path: '/metadata', queryStringParameters: { limit: '1' } });
  });
});

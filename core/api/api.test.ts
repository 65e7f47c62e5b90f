import { describe, expect, test } from '@jest/globals';
import contract from '../../openapi.yaml';
import { inMemoryObjects, inMemoryRecords } from '../../tests/in-memory.ts';
import { Unavailable, UploadConflict } from '../errors.ts';
import { createApi } from './api.ts';
import { createMetadataApi } from './metadata-api.ts';
import { createUploadApi } from './upload-api.ts';

const GIF = Buffer.from([...Buffer.from('GIF89a'), 3, 0, 2, 0, 0, 0, 0]);
const JSON_TYPE = { 'content-type': 'application/json' };

function setUp() {
  const records = inMemoryRecords();
  const objects = inMemoryObjects();
  const lines: { message: string; fields: Record<string, unknown> }[] = [];
  const write = (message: string, fields: Record<string, unknown>) => lines.push({ message, fields });
  const options = {
    contract,
    corsOrigins: ['*'],
    requestId: () => 'request-1',
    log: { info: write, error: write },
    now: () => new Date('2026-11-22T12:00:00Z'),
    records,
    objects,
    imagePrefix: 'uploads/',
    home: { bucket: 'images', prefix: 'uploads/', url: objects.url },
    gps: false,
    maxUploadBytes: 100,
    newUploadId: () => 'upload-1',
  };
  const metadata = createMetadataApi({ ...options, functionName: 'get_image_metadata' });
  const upload = createUploadApi({ ...options, functionName: 'upload_image' });
  const api = (path: string) => (path.startsWith('/images') ? upload : metadata);
  const call = async (
    method: string,
    path: string,
    init: { body?: string | FormData | Buffer; headers?: Record<string, string> } = {},
  ) => {
    const response = await api(path).request(`https://api.example${path}`, { method, ...init });
    const text = await response.text();
    return { response, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  return { records, objects, options, lines, call };
}

describe('an answer', () => {
  test('names the request, and is not to be sniffed', async () => {
    const { call } = setUp();
    const { response, body } = await call('GET', '/metadata');
    expect(body).toEqual({ items: [], count: 0, next_cursor: null });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-request-id': 'request-1',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag,Location,x-request-id,Retry-After',
    });
  });

  test('of a listing has no ETag: it is not conditional in the contract', async () => {
    const { call } = setUp();
    expect((await call('GET', '/metadata')).response.headers.has('etag')).toBe(false);
  });

  test('is logged with what was asked and what came of it', async () => {
    const { call, lines } = setUp();
    await call('POST', '/images?name=a.gif', { body: GIF });
    await call('POST', '/images?name=a.gif', { body: GIF });
    await call('GET', '/metadata/b.gif');
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      {
        request_id: 'request-1',
        operation: 'upload_image',
        image_id: 'uploads/a.gif',
        outcome: 'ok',
        status: 201,
        ms: 0,
      },
      { operation: 'upload_image', image_id: 'uploads/a.gif', outcome: 'image_exists', status: 409 },
      { operation: 'get_metadata', image_id: 'uploads/b.gif', outcome: 'image_not_found', status: 404 },
    ]);
  });

  test('to an error of ours says nothing of it, and the log does', async () => {
    const { call, records, lines } = setUp();
    const secret = new Error('table arn:aws:… is on fire');
    records.get = () => Promise.reject(secret);
    const { response, body } = await call('GET', '/metadata/a.gif');
    expect(response.status).toBe(500);
    expect(body).toEqual({ error: 'Internal error', code: 'internal_error', request_id: 'request-1' });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(lines).toMatchObject([{ message: 'request failed', fields: { error: secret } }]);
  });

  test('where the table is not available says when to try again', async () => {
    const { call, records } = setUp();
    records.list = () => Promise.reject(new Unavailable());
    const { response, body } = await call('GET', '/metadata');
    expect([response.status, body['code'], response.headers.get('retry-after')]).toEqual([
      503,
      'unavailable',
      '1',
    ]);
  });
});

describe('a request', () => {
  test.each([
    ['limit=0', 'limit: must be at least 1'],
    ['limit=1001', 'limit: must be at most 1000'],
    ['limit=ten', 'limit: must be a whole number'],
    ['limit=1.5', 'limit: '],
    ['limit=1&limit=2', 'limit: given more than once'],
    ['limt=5', 'limt: not a parameter here; there are: prefix, limit, cursor'],
    ['cursor=x', 'cursor: not a next_cursor'],
  ])('with the query %s is refused, and the answer says what is wrong', async (query, error) => {
    const { call } = setUp();
    const { response, body } = await call('GET', `/metadata?${query}`);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request', error: expect.stringContaining(error) });
  });

  test.each([
    ['{', 'body: not valid JSON'],
    ['[]', 'body: must be a JSON object'],
    ['{}', 'size: missing'],
    ['{"name":5,"content_type":"image/png","size":1}', 'name: must be a string'],
    ['{"name":"a.jpg","content_type":"text/html","size":1}', 'content_type: must match ^image/'],
    ['{"name":"a.jpg","content_type":"image/png","size":0}', 'size: must be at least 1'],
    [
      '{"name":"a.jpg","content_type":"image/png","size":1,"sise":1}',
      'sise: not a field here; there are: name, content_type, size',
    ],
  ])('with the body %s is refused, and the answer says what is wrong', async (json, error) => {
    const { call } = setUp();
    const { response, body } = await call('POST', '/images/upload-url', { body: json, headers: JSON_TYPE });
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request', error: expect.stringContaining(error) });
  });

  test('for an upload address that is not JSON is of no type that is taken', async () => {
    const { call } = setUp();
    const { response, body } = await call('POST', '/images/upload-url', { body: 'name=a' });
    expect([response.status, body['code']]).toEqual([415, 'unsupported_media_type']);
  });

  test('of no route of the contract finds nothing', async () => {
    const { call } = setUp();
    for (const [method, path] of [
      ['GET', '/'],
      ['PUT', '/metadata/a'],
      ['GET', '/images'],
    ] as const) {
      const { response, body } = await call(method, path);
      expect([response.status, body['code']]).toEqual([404, 'route_not_found']);
    }
  });
});

describe('a record', () => {
  test('is read under a version, and not sent again to who has it', async () => {
    const { call } = setUp();
    const { body: uploaded } = await call('POST', '/images?name=a.gif', { body: GIF });
    const { response, body } = await call('GET', '/metadata/a.gif');
    expect(body).toEqual(uploaded);
    const etag = response.headers.get('etag') ?? '';
    const again = await call('GET', '/metadata/uploads/a.gif', { headers: { 'if-none-match': etag } });
    expect(again.response.status).toBe(304);
    expect(again.response.headers.get('etag')).toBe(etag);
    expect(again.response.headers.get('x-request-id')).toBe('request-1');
    await call('POST', '/images?name=a.gif&overwrite=true', { body: GIF });
    const changed = await call('GET', '/metadata/a.gif', { headers: { 'if-none-match': etag } });
    expect(changed.response.status).toBe(200);
  });

  test('is pruned once', async () => {
    const { call, objects } = setUp();
    await call('POST', '/images?name=a.gif', { body: GIF });
    expect((await call('DELETE', '/metadata/a.gif')).body).toEqual({
      message: 'Image metadata deleted',
      image_id: 'uploads/a.gif',
    });
    expect((await call('DELETE', '/metadata/a.gif')).response.status).toBe(404);
    expect(objects.objects.has('uploads/a.gif')).toBe(true);
  });
});

describe('an upload', () => {
  const form = (file: File, name?: string) => {
    const data = new FormData();
    data.append('file', file);
    if (name !== undefined) data.append('name', name);
    return data;
  };

  test.each([
    ['its bytes', '?name=a%20b.gif', { body: GIF, headers: { 'content-type': 'image/gif' } }],
    [
      "curl's --data-binary",
      '?name=a%20b.gif',
      { body: GIF, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    ['a form', '', { body: form(new File([GIF], 'a b.gif')) }],
    ['a form with a name', '', { body: form(new File([GIF], 'x'), 'a b.gif') }],
    [
      'JSON',
      '',
      { body: JSON.stringify({ name: 'a b.gif', data: GIF.toString('base64') }), headers: JSON_TYPE },
    ],
  ])('may come as %s', async (_, query, init) => {
    const { call, objects } = setUp();
    const { response, body } = await call('POST', `/images${query}`, init);
    expect(response.status).toBe(201);
    expect(body).toMatchObject({ image_id: 'uploads/a b.gif', width: 3, height: 2 });
    const stored = objects.objects.get('uploads/a b.gif');
    expect(Buffer.from(stored?.bytes ?? [])).toEqual(GIF);
    const location = new URL(response.headers.get('location') ?? '', 'https://api.example/prod/images');
    expect(location.pathname).toBe('/prod/metadata/uploads/a%20b.gif');
  });

  test.each([
    ['no name', '', { body: GIF }, 400, 'invalid_request'],
    ['a name that can not be', '?name=..', { body: GIF }, 400, 'invalid_name'],
    ['no bytes', '?name=a.gif', {}, 400, 'invalid_request'],
    [
      'no file in the form',
      '',
      { body: form(new File([GIF], 'x')), headers: { 'content-type': 'multipart/form-data' } },
      400,
      'invalid_request',
    ],
    [
      'what is no base64',
      '',
      { body: '{"name":"a","data":"data:image/gif;base64,R0"}', headers: JSON_TYPE },
      400,
      'invalid_request',
    ],
    ['text', '?name=a.gif', { body: 'hello' }, 415, 'not_an_image'],
    ['too many bytes', '?name=a.gif', { body: Buffer.concat([GIF, Buffer.alloc(100)]) }, 413, 'too_large'],
    ['overwrite=yes', '?name=a.gif&overwrite=yes', { body: GIF }, 400, 'invalid_request'],
  ])('with %s is refused', async (_, query, init, status, code) => {
    const { call, objects } = setUp();
    const { response, body } = await call('POST', `/images${query}`, init);
    expect([response.status, body['code']]).toEqual([status, code]);
    expect(objects.objects.size).toBe(0);
  });

  test('of a name that exists, or that is being written, is a conflict with a hint', async () => {
    const { call, objects } = setUp();
    await call('POST', '/images?name=a.gif', { body: GIF });
    const exists = await call('POST', '/images?name=a.gif', { body: GIF });
    expect([exists.response.status, exists.body['code']]).toEqual([409, 'image_exists']);
    expect(exists.body['hint']).toContain('overwrite=true');
    objects.put = () => Promise.reject(new UploadConflict());
    const race = await call('POST', '/images?name=b.gif', { body: GIF });
    expect([race.response.status, race.body['code']]).toEqual([409, 'upload_conflict']);
  });
});

describe('a browser', () => {
  test('may ask beforehand, for every path', async () => {
    const { call } = setUp();
    for (const path of ['/metadata', '/metadata/a/b', '/images', '/images/upload-url']) {
      const { response } = await call('OPTIONS', path, {
        headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-headers')).toContain('x-api-key');
    }
  });
});

test('an API without one of its operations fails at its start', () => {
  const { options } = setUp();
  expect(() => createApi({ ...options, functionName: 'get_image_metadata' }, {})).toThrow('list_metadata');
});

test('an API whose contract refers to a schema that is not there fails at its start', () => {
  const { options } = setUp();
  const broken = JSON.parse(JSON.stringify(contract)) as { components: { schemas: Record<string, unknown> } };
  Reflect.deleteProperty(broken.components.schemas, 'JsonUpload');
  expect(() => createUploadApi({ ...options, contract: broken, functionName: 'upload_image' })).toThrow(
    'JsonUpload',
  );
});

import { describe, expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { codeOf, errorIn } from './answers.ts';
import { callApi, type Answer } from './api-client.ts';
import { sendJson } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

// Whatever gets in by mistake is taken away again.
const NAME = `${ownFolder().name}a.bmp`;
const LONG = 'x'.repeat(5000);

describe('400 invalid_request, which names the parameter, answers', () => {
  test.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=-1'],
    ['limit', 'limit=1001'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=ten'],
    ['limit', 'limit='],
    ['limit', 'limit=5&limit=6'],
    ['prefix', 'prefix=a&prefix=b'],
    ['prefix', 'prefix=LONG'],
    ['cursor', 'cursor=LONG'],
    ['cursor', 'cursor=&cursor='],
    ['order', 'order=desc'],
  ])('%s in GET /metadata?%s', async (name, query) => {
    expectInvalid(await callApi('GET', '/metadata', { query: query.replace('LONG', LONG) }), name);
  });

  test.each([
    ['fields', 'GET', '/metadata/{image_id}', 'fields=name'],
    ['force', 'DELETE', '/metadata/{image_id}', 'force=true'],
    ['size', 'POST', '/images', 'name=a.bmp&size=5'],
    ['name', 'POST', '/images', ''],
    ['name', 'POST', '/images', 'name=a.bmp&name=b.bmp'],
    ['overwrite', 'POST', '/images', 'name=a.bmp&overwrite=maybe'],
    ['overwrite', 'POST', '/images', 'name=a.bmp&overwrite='],
    ['overwrite', 'POST', '/images', 'name=a.bmp&overwrite=true&overwrite=true'],
    ['overwrite', 'POST', '/images/upload-url', 'overwrite=1'],
  ])('%s in %s %s?%s', async (name, method, path, given) => {
    const body = method === 'POST' ? { body: bmp(), headers: { 'content-type': bodyType(path) } } : {};
    const query = given.replaceAll('a.bmp', NAME);
    const at = path.replace('{image_id}', NAME);
    expectInvalid(await callApi(method, at, { query, ...body }), name);
  });
});

const UPLOAD = { name: NAME, data: bmp().toString('base64') };
const UPLOAD_URL = { name: NAME, content_type: 'image/bmp', size: 5 };

describe('400 invalid_request, which names the field, answers a body with', () => {
  test.each<[string, string, unknown]>([
    ['body', '/images', '{"name":'],
    ['body', '/images', ''],
    ['body', '/images', []],
    ['body', '/images', 'null'],
    ['name', '/images', { data: UPLOAD.data }],
    ['name', '/images', { ...UPLOAD, name: 5 }],
    ['data', '/images', { name: UPLOAD.name }],
    ['data', '/images', { ...UPLOAD, data: null }],
    ['data', '/images', { ...UPLOAD, data: 'no*base64' }],
    ['data', '/images', { ...UPLOAD, data: `data:image/bmp;base64,${UPLOAD.data}` }],
    ['more', '/images', { ...UPLOAD, more: true }],
    ['body', '/images/upload-url', 'name=a.bmp'],
    ['body', '/images/upload-url', '"text"'],
    ['name', '/images/upload-url', { ...UPLOAD_URL, name: undefined }],
    ['name', '/images/upload-url', { ...UPLOAD_URL, name: [NAME] }],
    ['content_type', '/images/upload-url', { ...UPLOAD_URL, content_type: undefined }],
    ['content_type', '/images/upload-url', { ...UPLOAD_URL, content_type: 'text/html' }],
    ['content_type', '/images/upload-url', { ...UPLOAD_URL, content_type: 'image/png\r\nx-a: b' }],
    ['size', '/images/upload-url', { ...UPLOAD_URL, size: undefined }],
    ['size', '/images/upload-url', { ...UPLOAD_URL, size: 0 }],
    ['size', '/images/upload-url', { ...UPLOAD_URL, size: 1.5 }],
    ['size', '/images/upload-url', { ...UPLOAD_URL, size: '5' }],
    ['acl', '/images/upload-url', { ...UPLOAD_URL, acl: 'public-read' }],
  ])('a wrong %s: POST %s %j', async (field, path, body) => {
    expectInvalid(await sendJson(path, body), field);
  });

  test('no bytes at all', async () => {
    const query = { name: NAME };
    expectInvalid(await callApi('POST', '/images', { query }), 'body');
    expectInvalid(await sendJson('/images', { ...UPLOAD, data: '' }), 'body');
    expectInvalid(await callApi('POST', '/images', { body: form(new File([], 'a.bmp')) }), 'body');
  });

  test('a form without a file, or whose file is a text', async () => {
    expectInvalid(await callApi('POST', '/images', { body: form() }), 'file');
    expectInvalid(await callApi('POST', '/images', { body: form('bytes') }), 'file');
  });

  test('a form that is none', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expectInvalid(await callApi('POST', '/images', { headers, body: bmp() }), 'form');
    expectInvalid(
      await callApi('POST', '/images', { headers: { 'content-type': 'multipart/form-data' }, body: bmp() }),
      'form',
    );
  });
});

function expectInvalid(answer: Answer, what: string): void {
  expect(codeOf(answer)).toBe('400 invalid_request');
  expect(errorIn(answer).error).toContain(what);
}

function bodyType(path: string): string {
  return path === '/images' ? 'image/bmp' : 'application/json';
}

function form(file?: File | string): FormData {
  const fields = new FormData();
  fields.append('name', NAME);
  if (file !== undefined) fields.append('file', file);
  return fields;
}

import { describe, expect, test } from '@jest/globals';
import { jpeg } from '../images.ts';
import { ORIGIN } from './api-client.ts';
import { sendRaw, type HttpAnswer } from './http.ts';
import { ownFolder } from './own-folder.ts';
import { putOf, sendPut, uploadAddress, without, type Put } from './upload-address.ts';

const folder = ownFolder();

/** What an upload address comes to on S3: a presigned PUT, with S3's own answers where it is used otherwise. */
describe('a presigned PUT', () => {
  test('binds the type, the length and the condition in its signature, for 15 minutes', async () => {
    const { url } = await uploadAddress({ name: `${folder.name}bound.jpg`, bytes: await jpeg() });
    const parameters = new URL(url).searchParams;
    expect(parameters.get('X-Amz-SignedHeaders')?.split(';')).toEqual(
      expect.arrayContaining(['content-length', 'content-type', 'host', 'if-none-match']),
    );
    expect(parameters.get('X-Amz-Expires')).toBe('900');
    // One of an empty body would be wrong for every image.
    expect([...parameters.keys()].join().toLowerCase()).not.toContain('checksum-crc');
  });

  test.each<[string, (put: Put) => Partial<Put>]>([
    ['of another type', ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/html' } })],
    ['of another length', ({ bytes }) => ({ bytes: bytes.subarray(0, -1) })],
    ['under another name', ({ url }) => ({ url: url.replace('.jpg', '.png') })],
    ['for longer', ({ url }) => ({ url: url.replace('X-Amz-Expires=900', 'X-Amz-Expires=9000') })],
  ])('%s is refused as 403 SignatureDoesNotMatch', async (title, change) => {
    const put = await presigned(`${title}.jpg`);
    expect(refusal(await sendPut({ ...put, ...change(put) }))).toBe('403 SignatureDoesNotMatch');
  });

  test('without the signed condition is refused as 403', async () => {
    const put = await presigned('unconditional.jpg');
    const answer = await sendPut({ ...put, headers: without('if-none-match', put.headers) });
    expect(refusal(answer)).toMatch(/^403 (AccessDenied|SignatureDoesNotMatch)$/);
  });

  test('is refused the second time as 412 PreconditionFailed', async () => {
    const put = await presigned('twice.jpg');
    expect(await sendPut(put)).toMatchObject({ status: 200 });
    expect(refusal(await sendPut(put))).toBe('412 PreconditionFailed');
  });

  test('gives no other access to the object', async () => {
    const put = await presigned('no-read.jpg');
    await sendPut(put);
    const { status } = await sendRaw(put.url, { method: 'GET', headers: {} });
    expect(status).toBe(403);
  });

  test("passes a browser's preflight, and its answer can be read by the page", async () => {
    const put = await presigned('browser.jpg');
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,if-none-match',
    };
    const preflight = await sendRaw(put.url, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(200);
    expect(['*', ORIGIN]).toContain(preflight.headers.get('access-control-allow-origin'));
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    const answer = await sendPut(put);
    expect(['*', ORIGIN]).toContain(answer.headers.get('access-control-allow-origin'));
  });
});

async function presigned(name: string): Promise<Put> {
  const bytes = await jpeg();
  return putOf(await uploadAddress({ name: folder.name + name, bytes }), bytes);
}

/** `403 AccessDenied` */
function refusal({ status, text }: HttpAnswer): string {
  return `${status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1]}`;
}

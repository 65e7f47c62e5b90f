import { beforeAll, describe, expect, test } from '@jest/globals';
import { jpeg, png } from '../images.ts';
import { codeOf, imageIn } from './answers.ts';
import { callApi, type Answer } from './api-client.ts';
import { recordOf, recordPath } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();

describe('GET /metadata/{image_id}', () => {
  test('answers 404 image_not_found where there is no such image', async () => {
    expect(codeOf(await get(`${folder.id}nothing.jpg`))).toBe('404 image_not_found');
  });

  test.each([1_100, 2_100, 5_000])('answers 404 image_not_found for an id of %i bytes', async (bytes) => {
    expect(codeOf(await get(`${folder.id}${'x'.repeat(bytes)}`))).toBe('404 image_not_found');
  });

  test('answers 404 image_not_found for part of an id', async () => {
    await recordOf(await folder.put('part/of.jpg', await jpeg()));
    for (const name of ['part', 'part/', 'part/of.jp', 'part/of.jpg/', 'PART/of.jpg']) {
      expect(codeOf(await get(folder.id + name))).toBe('404 image_not_found');
    }
  });

  test('takes the id with and without the image prefix', async () => {
    const id = await folder.put('prefix.jpg', await jpeg());
    const record = await recordOf(id);
    expect(imageIn(await get(`${folder.name}prefix.jpg`))).toEqual(record);
    expect(imageIn(await get(id))).toEqual(record);
  });
});

describe('the ETag of a record', () => {
  let id = '';
  let etag = '';

  beforeAll(async () => {
    id = await folder.put('etag.jpg', await jpeg());
    await recordOf(id);
    etag = (await get(id)).headers.get('etag') ?? '';
  });

  test('is a quoted one, the same while the record is', async () => {
    expect(etag).toMatch(/^(W\/)?"[\x21\x23-\x7e]+"$/);
    expect((await get(id)).headers.get('etag')).toBe(etag);
  });

  test('answers 304 without a body to the one who has it', async () => {
    const lists = [etag, `"other", ${etag}`, `W/${etag.replace(/^W\//, '')}`];
    for (const ifNoneMatch of lists) {
      const { status, text, headers } = await get(id, ifNoneMatch);
      expect([status, text, headers.get('etag')]).toEqual([304, '', etag]);
    }
  });

  test('answers 200 to the one who has another', async () => {
    expect(imageIn(await get(id, '"other"')).image_id).toBe(id);
  });

  test('changes with the record', async () => {
    await folder.put('etag.jpg', await png());
    await recordOf(id, ({ format }) => format === 'png');
    const answer = await get(id, etag);
    expect(imageIn(answer).format).toBe('png');
    expect(answer.headers.get('etag')).not.toBe(etag);
  });

  test('does not hide that an image is gone', async () => {
    const answer = await get(`${folder.id}nothing.jpg`, etag);
    expect(codeOf(answer)).toBe('404 image_not_found');
  });
});

function get(id: string, ifNoneMatch?: string): Promise<Answer> {
  const headers: Record<string, string> = ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch };
  return callApi('GET', recordPath(id), { headers });
}

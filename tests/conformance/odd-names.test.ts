import { beforeAll, describe, expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { codeOf, imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { digestOf } from './digest.ts';
import { inParallel } from './in-parallel.ts';
import { readPage, untilGone, untilListed, upload } from './images-api.ts';
import { objects } from './object-driver.ts';
import { encodeAll, encodeLeast, longName, ODD_NAMES } from './odd-names.ts';
import { ownFolder } from './own-folder.ts';

const put = ownFolder();
const uploaded = ownFolder();
const LANES = 8;

const NAMES = [
  ...ODD_NAMES,
  longName(put.id, 1000, 'x'),
  longName(put.id, 1024, 'ñ'),
  longName(put.id, 1000, '写/'),
  longName(put.id, 1000, '😀'),
];

// Each image has a width of its own, so that one taken for another shows.
const imageOf = (index: number) => bmp({ width: index + 1, height: 1 });

beforeAll(async () => {
  await inParallel(NAMES, LANES, (name, index) => put.put(name, imageOf(index)));
  await untilListed(
    put.id,
    NAMES.map((name) => put.id + name),
  );
});

const CASES = NAMES.map((name, index) => ({ title: JSON.stringify(name).slice(0, 40), name, index }));

describe.each(CASES)('an image named $title', ({ name, index }) => {
  const id = put.id + name;
  const record = expect.objectContaining({
    image_id: id,
    name: put.name + name,
    width: index + 1,
  }) as unknown;

  test.each([
    ['every byte', encodeAll],
    ['as little as can be', encodeLeast],
  ])('is read with %s percent-encoded', async (_, encode) => {
    expect(imageIn(await callApi('GET', `/metadata/${encode(id)}`, { raw: true }))).toEqual(record);
    expect(imageIn(await callApi('GET', `/metadata/${encode(put.name + name)}`, { raw: true }))).toEqual(
      record,
    );
  });

  test('is listed under its name as the prefix', async () => {
    const { items } = await readPage({ prefix: id, limit: '1' });
    expect(items).toEqual([record]);
    expect(await readPage({ prefix: put.name + name, limit: '1' })).toMatchObject({ items: [record] });
  });

  test('has a url that names it', async () => {
    const { items } = await readPage({ prefix: id, limit: '1' });
    const { pathname, search, hash } = new URL(items[0]?.url ?? '');
    expect(decodeURIComponent(pathname).endsWith(`/${id}`)).toBe(true);
    expect(search + hash).toBe('');
  });

  test('is the one that goes when it is removed', async () => {
    await objects.remove(id);
    await untilGone(id);
    const left = NAMES.slice(index + 1).map((other) => put.id + other);
    expect(await untilListed(put.id, left)).toHaveLength(left.length);
  });
});

// As a careless client sends them.
test.each(['50%.jpg', '%zz.jpg', '"quoted".jpg', 'a|b^{c}.jpg'])(
  'an image named %s is read without any encoding',
  async (name) => {
    const id = await put.put(`raw/${name}`, imageOf(0));
    await untilListed(id, [id]);
    const answer = await callApi('GET', `/metadata/${id}`, { raw: true });
    expect(imageIn(answer)).toMatchObject({ image_id: id });
  },
);

describe.each(ODD_NAMES.map((name, index) => [name, index] as const))('an upload named %j', (name, index) => {
  test('has that name, in the answer, the bucket and the index, until it is pruned', async () => {
    const bytes = imageOf(index);
    const id = uploaded.id + name;
    const answer = await upload(uploaded.name + name, bytes);
    expect(imageIn(answer, 201)).toMatchObject({ image_id: id, name: uploaded.name + name });
    expect(digestOf(await objects.get(id))).toBe(digestOf(bytes));

    const location = new URL(answer.headers.get('location') ?? '', answer.url);
    const path = location.href.slice(answer.url.indexOf('/images'));
    expect(imageIn(await callApi('GET', path))).toMatchObject({ image_id: id, width: index + 1 });
    expect((await callApi('DELETE', path)).status).toBe(200);
    expect(codeOf(await callApi('GET', path))).toBe('404 image_not_found');
  });
});

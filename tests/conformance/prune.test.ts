import { describe, expect, test } from '@jest/globals';
import { bmp, jpeg } from '../images.ts';
import { codeOf, imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { digestOf } from './digest.ts';
import { listedIds, readRecord, recordOf, recordPath, untilGone, untilListed, upload } from './images-api.ts';
import { inParallel } from './in-parallel.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();

describe('DELETE /metadata/{image_id}', () => {
  test('takes the record, leaves the object, and says which', async () => {
    const bytes = await jpeg();
    const id = await indexed('leaves/object.jpg');
    const { status, text } = await prune(id);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ message: expect.any(String), image_id: id });
    expect(codeOf(await callApi('GET', recordPath(id)))).toBe('404 image_not_found');
    expect(await untilListed(`${folder.id}leaves/`, [])).toEqual([]);
    expect(digestOf(await objects.get(id))).toBe(digestOf(bytes));
  });

  test('answers 404 image_not_found the second time', async () => {
    const id = await indexed('twice.jpg');
    expect((await prune(id)).status).toBe(200);
    expect(codeOf(await prune(id))).toBe('404 image_not_found');
  });

  test.each([
    ['what never was', 'never.jpg'],
    ['an id that is longer than any', 'x'.repeat(2_100)],
  ])('answers 404 image_not_found for %s', async (_, name) => {
    expect(codeOf(await prune(folder.id + name))).toBe('404 image_not_found');
  });

  test('takes an id without the image prefix', async () => {
    const id = await indexed('short id.jpg');
    const answer = await callApi('DELETE', recordPath(`${folder.name}short id.jpg`));
    expect(JSON.parse(answer.text)).toMatchObject({ image_id: id });
    expect(await readRecord(id)).toBeUndefined();
  });

  test('of one image leaves its neighbours', async () => {
    const id = await indexed('a.jpg');
    const neighbours = [await indexed('a.jpg.jpg'), await indexed('a.jpg/b.jpg')];
    await prune(id);
    expect(await untilListed(`${folder.id}a.jpg`, neighbours)).toHaveLength(2);
  });
});

describe('an image that was pruned', () => {
  test('stays so, where the event of its upload is still on its way', async () => {
    // Many events in front of it make it late.
    await inParallel(Array.from({ length: 100 }), 16, (_, index) => folder.put(`queue/${index}.bmp`, bmp()));
    const { image_id: id } = imageIn(await upload(`${folder.name}late event.jpg`, await jpeg()), 201);
    expect((await prune(id)).status).toBe(200);
    await recordOf(await folder.put('behind the queue.bmp', bmp()));
    expect(await readRecord(id)).toBeUndefined();
    expect(await listedIds(id)).toEqual([]);
  });

  test('comes back, as a new one, when it is put again', async () => {
    const id = await indexed('put again.jpg');
    const { created_at: before } = await recordOf(id);
    await prune(id);
    await folder.put('put again.jpg', await jpeg());
    expect((await recordOf(id)).created_at > before).toBe(true);
    expect(await untilListed(id, [id])).toEqual([id]);
  });

  test('comes back when it is uploaded again, which needs overwrite=true', async () => {
    const id = await indexed('upload again.jpg');
    await prune(id);
    expect(codeOf(await upload(id, await jpeg()))).toBe('409 image_exists');
    expect(await readRecord(id)).toBeUndefined();
    expect(imageIn(await upload(id, await jpeg(), { overwrite: true }), 201).image_id).toBe(id);
    expect(await readRecord(id)).toMatchObject({ image_id: id });
  });

  test('comes back when it is removed from the bucket and put again', async () => {
    const id = await indexed('removed.jpg');
    await prune(id);
    await objects.remove(id);
    await recordOf(await folder.put('marker.jpg', await jpeg()));
    await untilGone(id);
    await folder.put('removed.jpg', await jpeg());
    expect(await recordOf(id)).toMatchObject({ image_id: id });
    expect(await listedIds(`${folder.id}marker`)).toHaveLength(1);
  });
});

function prune(id: string) {
  return callApi('DELETE', recordPath(id));
}

async function indexed(name: string): Promise<string> {
  const id = await folder.put(name, await jpeg());
  await recordOf(id);
  return id;
}

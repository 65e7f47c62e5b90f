import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inMemoryRecords } from '../tests/in-memory.ts';
import { cursorAfter, idAtCursor } from './cursor.ts';
import { InvalidRequest } from './errors.ts';
import type { ImageRecord } from './image-record.ts';
import { listImages } from './list-images.ts';

async function recordsOf(ids: string[]) {
  const records = inMemoryRecords();
  // A listing looks at nothing but the id.
  for (const id of ids)
    await records.writeIfNewer(id, { order: '1', record: { image_id: id } as ImageRecord });
  return records;
}

describe('a listing', () => {
  test('through its cursors has each image once, in order, whatever the page size', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `uploads/${String(i).padStart(2, '0')}`);
    const records = await recordsOf(ids);
    for (const limit of [1, 4, 5, 24, 25, 26]) {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await listImages({ limit, ...(cursor && { cursor }) }, records, 'uploads/');
        expect(page.count).toBe(page.items.length);
        seen.push(...page.items.map((item) => item.image_id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(ids);
    }
  });

  test('has no tombstones, and nothing outside its prefix', async () => {
    const records = await recordsOf(['uploads/a/1', 'uploads/a/2', 'uploads/b/1']);
    await records.writeIfNewer('uploads/a/2', { order: '2', record: null });
    const { items } = await listImages({ limit: 10, prefix: 'a/' }, records, 'uploads/');
    expect(items.map((item) => item.image_id)).toEqual(['uploads/a/1']);
  });
});

describe('a cursor', () => {
  test('gives back the id that it was made of, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (prefix, rest) => {
        expect(idAtCursor(cursorAfter(prefix + rest, prefix), prefix)).toBe(prefix + rest);
      }),
    );
  });

  const cursor = cursorAfter('uploads/a/1', 'uploads/a/');
  test.each([
    ['of another prefix', cursor, 'uploads/b/'],
    ['of a longer prefix', cursor, 'uploads/'],
    ['cut short', cursor.slice(0, -3), 'uploads/a/'],
    ['altered', `${cursor.slice(0, -2)}AA`, 'uploads/a/'],
    ['empty', '', 'uploads/a/'],
    ['of no base64', 'a b', 'uploads/a/'],
    ['of a length that base64 can not have', 'aaaaa', 'uploads/a/'],
  ])('%s is refused', (_, altered, prefix) => {
    expect(() => idAtCursor(altered, prefix)).toThrow(InvalidRequest);
  });
});

import { cursorAfter, idAtCursor } from './cursor.ts';
import { toIdPrefix } from './image-id.ts';
import type { ImageRecord } from './image-record.ts';
import type { ImageRecords } from './ports.ts';

export interface ListRequest {
  prefix?: string;
  cursor?: string;
  /** 1 to 1000. */
  limit: number;
}

export interface ImagePage {
  items: ImageRecord[];
  count: number;
  /** `null` at the end. */
  next_cursor: string | null;
}

/** A page of the index in the order of ids; it may be shorter than `limit`. Throws `InvalidRequest` for a bad cursor. */
export async function listImages(
  { prefix = '', cursor, limit }: ListRequest,
  records: ImageRecords,
  imagePrefix: string,
): Promise<ImagePage> {
  const idPrefix = toIdPrefix(prefix, imagePrefix);
  const after = cursor === undefined ? undefined : idAtCursor(cursor, idPrefix);
  const { items: stored, end } = await records.list({ prefix: idPrefix, after, limit });
  const items = stored.flatMap(({ record }) => record ?? []);
  const last = stored.at(-1);
  return { items, count: items.length, next_cursor: end || !last ? null : cursorAfter(last.id, idPrefix) };
}

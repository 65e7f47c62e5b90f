import { imageIn, pageIn, type Image, type Page } from './answers.ts';
import { callApi, type Answer } from './api-client.ts';
import { eventually } from './eventually.ts';

/** `/metadata/{image_id}`, with all that can be encoded encoded. */
export function recordPath(id: string): string {
  return `/metadata/${encodeURIComponent(id)}`;
}

export async function readRecord(id: string): Promise<Image | undefined> {
  const answer = await callApi('GET', recordPath(id));
  return answer.status === 404 ? undefined : imageIn(answer);
}

/** Waits until the index has a record of this id, as `isWanted` where that is given. */
export function recordOf(id: string, isWanted: (record: Image) => boolean = () => true): Promise<Image> {
  return eventually(`the wanted record of ${id}`, async () => {
    const record = await readRecord(id);
    return record && isWanted(record) ? record : undefined;
  });
}

export async function untilGone(id: string): Promise<void> {
  await eventually(`no record of ${id}`, async () => ((await readRecord(id)) ? undefined : true));
}

export async function readPage(query: Record<string, string>): Promise<Page> {
  return pageIn(await callApi('GET', '/metadata', { query }));
}

/** Every page of a listing, from the first to the one whose next_cursor is null. */
export async function readPages(prefix: string, limit: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.next_cursor) {
    pages.push(await readPage({ prefix, limit: String(limit), ...(cursor !== undefined && { cursor }) }));
  }
  return pages;
}

export async function listedIds(prefix: string): Promise<string[]> {
  const pages = await readPages(prefix, 1000);
  return pages.flatMap(({ items }) => items.map((item) => item.image_id));
}

/** Waits until a listing has just these ids, in whatever order. */
export function untilListed(prefix: string, ids: readonly string[]): Promise<string[]> {
  const wanted = [...ids].sort().join('\n');
  return eventually(`${ids.length} images listed under ${prefix}`, async () => {
    const listed = await listedIds(prefix);
    return [...listed].sort().join('\n') === wanted ? listed : undefined;
  });
}

export interface UploadOptions {
  overwrite?: boolean;
  contentType?: string;
}

/** Uploads by raw body. */
export function upload(name: string, bytes: Uint8Array, options: UploadOptions = {}): Promise<Answer> {
  const { overwrite, contentType = 'application/octet-stream' } = options;
  return callApi('POST', '/images', {
    query: { name, ...(overwrite !== undefined && { overwrite: String(overwrite) }) },
    headers: { 'content-type': contentType },
    body: bytes,
  });
}

export function sendJson(path: string, body: unknown, query?: Record<string, string>): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return callApi('POST', path, { query, headers: { 'content-type': 'application/json' }, body: text });
}

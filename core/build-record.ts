import type { ImageHeader } from './header/image-header.ts';
import { nameOf } from './image-id.ts';
import type { ImageRecord } from './image-record.ts';
import type { ObjectStat } from './ports.ts';

/** Where the images of one deployment lie. */
export interface ImageHome {
  bucket: string;
  /** Of every key in the index; ends in a slash. */
  prefix: string;
  url: (key: string) => string;
}

export function buildRecord(
  key: string,
  object: ObjectStat,
  header: ImageHeader,
  home: ImageHome,
  now: Date,
): ImageRecord {
  const { contentType: sniffed, exif, has_gps, problem, ...sides } = header;
  const declared = object.contentType;
  const contentType = sniffed ?? declared ?? 'application/octet-stream';
  return {
    image_id: key,
    bucket: home.bucket,
    name: nameOf(key, home.prefix),
    size: object.size,
    url: home.url(key),
    content_type: contentType,
    ...(declared !== undefined && declared !== contentType && { declared_content_type: declared }),
    ...sides,
    etag: object.etag,
    created_at: now.toISOString(),
    last_modified: object.lastModified.toISOString(),
    updated_at: now.toISOString(),
    ...(exif && { exif }),
    ...(has_gps !== undefined && { has_gps }),
    ...(problem && { problem }),
  };
}

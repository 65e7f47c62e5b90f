import type { Exif, ImageHeader, Problem } from './header/image-header.ts';
import type { ImageFormat } from './header/sniff.ts';
import { nameOf } from './image-id.ts';
import type { ObjectStat } from './ports.ts';

/** What the index knows of one image, as it is stored and as it is answered (openapi.yaml, `Image`). */
export interface ImageRecord {
  /** The object's key. */
  image_id: string;
  bucket: string;
  /** The key without the image prefix. */
  name: string;
  /** Bytes. */
  size: number;
  url: string;
  /** What the bytes are. */
  content_type: string;
  /** What the upload said that they are, where that differs. */
  declared_content_type?: string;
  format: ImageFormat | null;
  /** Pixels, as displayed: after the rotation that `orientation` asks for. */
  width?: number;
  height?: number;
  stored_width?: number;
  stored_height?: number;
  /** EXIF orientation, 1 to 8. */
  orientation?: number;
  etag: string;
  /** ISO 8601, Z: when the index first saw the image, when the object and the record were last written. */
  created_at: string;
  last_modified: string;
  updated_at: string;
  exif?: Exif;
  has_gps?: boolean;
  problem?: Problem;
}

/** Where the images of one deployment lie. */
export interface ImageHome {
  bucket: string;
  /** Of every key in the index; ends in a slash. */
  prefix: string;
  url: (key: string) => string;
}

export function imageRecord(
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

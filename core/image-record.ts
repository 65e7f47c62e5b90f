import type { Exif, Problem } from './header/image-header.ts';
import type { ImageFormat } from './header/sniff.ts';

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

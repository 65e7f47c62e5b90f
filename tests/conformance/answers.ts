import type { Answer } from './api-client.ts';

/** Answers of the API in the words of the contract; `callApi` has checked them against it. */
export interface Image {
  image_id: string;
  bucket: string;
  name: string;
  size: number;
  url: string;
  content_type: string;
  declared_content_type?: string;
  format: string | null;
  width?: number;
  height?: number;
  stored_width?: number;
  stored_height?: number;
  orientation?: number;
  etag: string;
  created_at: string;
  last_modified: string;
  updated_at: string;
  exif?: Record<string, unknown>;
  has_gps?: boolean;
  problem?: string;
}

export interface Page {
  items: Image[];
  count: number;
  next_cursor: string | null;
}

export interface UploadUrl {
  image_id: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  expires_at: string;
}

export interface ErrorBody {
  error: string;
  code: string;
  hint?: string;
  request_id: string;
}

// `callApi` has checked each answer against the contract's schema for its status: the types below follow from that.
export const imageIn = (answer: Answer, status = 200) => bodyOf(answer, status) as Image;
export const pageIn = (answer: Answer) => bodyOf(answer, 200) as Page;
export const uploadUrlIn = (answer: Answer) => bodyOf(answer, 201) as UploadUrl;

/** `404 image_not_found` */
export function codeOf(answer: Answer): string {
  return `${answer.status} ${errorIn(answer).code}`;
}

export function errorIn(answer: Answer): ErrorBody {
  if (answer.status < 400) throw new Error(`Expected an error of ${answer.url}, got ${answer.status}`);
  return bodyOf(answer, answer.status) as ErrorBody;
}

function bodyOf(answer: Answer, status: number): unknown {
  if (answer.status === status) return JSON.parse(answer.text) as unknown;
  throw new Error(`Expected ${status} of ${answer.url}, got ${answer.status} ${answer.text}`);
}

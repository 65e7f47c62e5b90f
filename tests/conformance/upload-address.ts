import { uploadUrlIn, type UploadUrl } from './answers.ts';
import { sendRaw, type HttpAnswer } from './http.ts';
import { sendJson } from './images-api.ts';
import { ORIGIN } from './api-client.ts';

export interface Wanted {
  name: string;
  bytes: Uint8Array;
  contentType?: string;
  overwrite?: boolean;
}

/** Asks the API where to put an image. */
export async function uploadAddress(wanted: Wanted): Promise<UploadUrl> {
  const { name, bytes, contentType = 'image/jpeg', overwrite } = wanted;
  const query = overwrite === undefined ? undefined : { overwrite: String(overwrite) };
  const body = { name, content_type: contentType, size: bytes.length };
  return uploadUrlIn(await sendJson('/images/upload-url', body, query));
}

export interface Put {
  url: string;
  headers: Record<string, string>;
  bytes: Uint8Array;
}

/** The request that an address asks for. */
export function putOf(address: UploadUrl, bytes: Uint8Array): Put {
  return { url: address.url, headers: address.headers, bytes };
}

/** As a browser sends it: with an origin, and with the length that the bytes have. */
export function sendPut({ url, headers, bytes }: Put): Promise<HttpAnswer> {
  const sent = { ...headers, origin: ORIGIN, 'content-length': String(bytes.length) };
  return sendRaw(url, { method: 'PUT', headers: sent, body: bytes });
}

export function without(name: string, headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
}

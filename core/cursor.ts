import { InvalidRequest } from './errors.ts';

/** An opaque place in the listing of `prefix`: after the id `after`. It does not expire. */
export function cursorAfter(after: string, prefix: string): string {
  return toBase64Url(`${checksum(prefix, after)}${after}`);
}

/** Throws `InvalidRequest` where the cursor was not made by `cursorAfter` for this prefix. */
export function idAtCursor(cursor: string, prefix: string): string {
  const text = fromBase64Url(cursor) ?? '';
  const after = text.slice(CHECKSUM_LENGTH);
  if (text.slice(0, CHECKSUM_LENGTH) !== checksum(prefix, after) || !after.startsWith(prefix)) {
    throw new InvalidRequest(
      'cursor: not a next_cursor of this listing; send it unchanged, with the same prefix, or start without one',
    );
  }
  return after;
}

const CHECKSUM_LENGTH = 7;

/**
 * FNV-1a, 32 bits, in base 36. It tells a cursor that was cut or altered by mistake; it is no secret, for a
 * forged one starts elsewhere in the same listing and no more.
 */
function checksum(prefix: string, after: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${prefix}\n${after}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(36).padStart(CHECKSUM_LENGTH, '0');
}

function toBase64Url(text: string): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): string | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // A length that base64 can't have, or bytes that are no UTF-8: not a cursor of ours.
    return undefined;
  }
}

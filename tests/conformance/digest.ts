import { createHash } from 'node:crypto';

/** Of an object's bytes: Jest compares two long buffers byte by byte, for seconds. */
export function digestOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

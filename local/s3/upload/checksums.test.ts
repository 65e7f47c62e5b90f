import { describe, expect, test } from '@jest/globals';
import { checksumByHeader, CHECKSUMS, isChecksumValue } from './checksums.ts';

/** Of the text `123456789`: the check values of the CRC catalogue, and FIPS 180 for the hashes. */
const KNOWN: Record<string, string> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

describe.each(CHECKSUMS)('$name', (algorithm) => {
  test.each([[['123456789']], [['1', '2345678', '', '9']]])('of %j is the known one', async (pieces) => {
    const running = algorithm.start();
    for (const piece of pieces) running.update(Buffer.from(piece));
    const value = await running.digest();
    expect(Buffer.from(value, 'base64').toString('hex')).toBe(KNOWN[algorithm.name]);
    expect(isChecksumValue(algorithm, value)).toBe(true);
  });

  test('of nothing has its length', async () => {
    expect(Buffer.from(await algorithm.start().digest(), 'base64')).toHaveLength(algorithm.bytes);
  });

  test('is found by its header in any case', () => {
    expect(checksumByHeader(algorithm.header.toUpperCase())).toBe(algorithm);
  });

  test.each(['', 'AAA', 'AAAAAAAA!', 'not base64'])('refuses %j as a value', (value) => {
    expect(isChecksumValue(algorithm, value)).toBe(false);
  });
});

test('other checksums are not offered', () => {
  expect(checksumByHeader('x-amz-checksum-xxhash64')).toBeUndefined();
  expect(checksumByHeader('x-amz-checksum-type')).toBeUndefined();
});

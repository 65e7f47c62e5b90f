import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c } from '@aws-crypto/crc32c';
import { Crc64Nvme } from '@aws-sdk/crc64-nvme';

/** Takes bytes as they stream by. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Base64, as S3 sends checksums. */
  digest(): Promise<string>;
}

export interface ChecksumAlgorithm {
  /** As S3 calls it in XML and in errors. */
  name: string;
  header: string;
  bytes: number;
  start: () => RunningChecksum;
}

/** S3 computes this one where the client names none. */
export const DEFAULT_CHECKSUM: ChecksumAlgorithm = {
  name: 'CRC64NVME',
  header: 'x-amz-checksum-crc64nvme',
  bytes: 8,
  start: startCrc64Nvme,
};

/**
 * The checksums of an object that S3 verifies, keeps and answers.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export const CHECKSUMS: readonly ChecksumAlgorithm[] = [
  { name: 'CRC32', header: 'x-amz-checksum-crc32', bytes: 4, start: startCrc32 },
  { name: 'CRC32C', header: 'x-amz-checksum-crc32c', bytes: 4, start: startCrc32c },
  DEFAULT_CHECKSUM,
  { name: 'SHA1', header: 'x-amz-checksum-sha1', bytes: 20, start: () => startHash('sha1') },
  { name: 'SHA256', header: 'x-amz-checksum-sha256', bytes: 32, start: () => startHash('sha256') },
];

/** `header` in any case; undefined for one that is not offered. */
export function checksumByHeader(header: string): ChecksumAlgorithm | undefined {
  return CHECKSUMS.find((algorithm) => algorithm.header === header.toLowerCase());
}

/** Whether `value` is base64 of as many bytes as the algorithm makes. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === algorithm.bytes && bytes.toString('base64') === value;
}

function startCrc32(): RunningChecksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: async () => base64OfUint32(value),
  };
}

function startCrc32c(): RunningChecksum {
  const checksum = new Crc32c();
  return {
    update: (bytes) => {
      checksum.update(bytes);
    },
    digest: async () => base64OfUint32(checksum.digest()),
  };
}

function startCrc64Nvme(): RunningChecksum {
  const checksum = new Crc64Nvme();
  return {
    update: (bytes) => checksum.update(bytes),
    digest: async () => Buffer.from(await checksum.digest()).toString('base64'),
  };
}

function startHash(name: string): RunningChecksum {
  const hash = createHash(name);
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: async () => hash.digest('base64'),
  };
}

function base64OfUint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString('base64');
}

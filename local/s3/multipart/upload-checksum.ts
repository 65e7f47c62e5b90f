import { S3Error } from '../errors.ts';
import { CHECKSUMS, DEFAULT_CHECKSUM, type ChecksumAlgorithm } from '../upload/checksums.ts';

/** Which checksum the object of an upload in parts will have. */
export interface UploadChecksum {
  /** A name of CHECKSUMS. */
  algorithm: string;
  /** COMPOSITE: of the parts' checksums. FULL_OBJECT: of the bytes, as if they had come in one piece. */
  type: ChecksumType;
  /** Whether the client asked for it; otherwise it is what S3 takes by itself. */
  isAsked: boolean;
}

export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

/**
 * Reads what CreateMultipartUpload asks for. Throws InvalidRequest.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function readUploadChecksum(headers: ReadonlyMap<string, string>): UploadChecksum {
  const name = headers.get('x-amz-checksum-algorithm')?.toUpperCase();
  const type = headers.get('x-amz-checksum-type')?.toUpperCase();
  if (name === undefined) {
    if (type !== undefined) {
      throw invalid(
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      );
    }
    return { algorithm: DEFAULT_CHECKSUM.name, type: 'FULL_OBJECT', isAsked: false };
  }
  if (!CHECKSUMS.some((algorithm) => algorithm.name === name)) {
    throw invalid(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  }
  const byDefault = name === DEFAULT_CHECKSUM.name ? 'FULL_OBJECT' : 'COMPOSITE';
  const chosen = type ?? byDefault;
  if (chosen !== 'COMPOSITE' && chosen !== 'FULL_OBJECT') {
    throw invalid('Value for x-amz-checksum-type header is invalid.');
  }
  // The SHAs of parts can't be put together to that of the whole; a CRC-64 is only ever of the whole.
  const isOffered = chosen === byDefault || name.startsWith('CRC32');
  if (!isOffered) {
    throw invalid(
      `The ${chosen} checksum type cannot be used with the ${name.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm: name, type: chosen, isAsked: true };
}

export function algorithmOf({ algorithm }: UploadChecksum): ChecksumAlgorithm {
  return CHECKSUMS.find(({ name }) => name === algorithm) ?? DEFAULT_CHECKSUM;
}

/**
 * A part comes with the upload's checksum, or with none where that is of the whole; where the client
 * asked for none, with any. Throws InvalidRequest.
 */
export function checkPartAlgorithm(upload: UploadChecksum, given: ChecksumAlgorithm | undefined): void {
  if (!upload.isAsked || given?.name === upload.algorithm) return;
  if (given === undefined && upload.type === 'FULL_OBJECT') return;
  const word = (name: string | undefined): string => name?.toLowerCase() ?? 'null';
  throw invalid(
    `Checksum Type mismatch occurred, expected checksum Type: ${word(upload.algorithm)}, actual checksum Type: ${word(given?.name)}`,
  );
}

/** The checksum of the parts' checksums, and how many they were. */
export async function compositeOf(
  algorithm: ChecksumAlgorithm,
  parts: readonly { checksum: string }[],
): Promise<string> {
  const running = algorithm.start();
  for (const { checksum } of parts) running.update(Buffer.from(checksum, 'base64'));
  return `${await running.digest()}-${parts.length}`;
}

function invalid(message: string): S3Error {
  return new S3Error('InvalidRequest', { message });
}

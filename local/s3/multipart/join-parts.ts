import { createHash } from 'node:crypto';
import type { IncomingBody } from '../storage/body-files.ts';
import type { MultipartUploads, UploadedPart } from './multipart-uploads.ts';
import { algorithmOf, compositeOf, type UploadChecksum } from './upload-checksum.ts';

const READ_BYTES = 256 * 1024;

export interface JoinedParts {
  size: number;
  /** MD5 of the parts' MD5s, and how many they were. */
  eTag: string;
  /** Base64; a composite one says how many the parts were. */
  checksum: string;
}

/** Writes the parts one behind another. The whole is never in memory. */
export async function joinParts(
  uploads: MultipartUploads,
  parts: readonly UploadedPart[],
  checksum: UploadChecksum,
  body: IncomingBody,
): Promise<JoinedParts> {
  const algorithm = algorithmOf(checksum);
  const ofWhole = checksum.type === 'FULL_OBJECT' ? algorithm.start() : undefined;
  const md5 = createHash('md5');
  let size = 0;
  for (const part of parts) {
    md5.update(Buffer.from(part.eTag, 'hex'));
    const bytes = (await uploads.readPart(part)).createReadStream({ highWaterMark: READ_BYTES });
    let partSize = 0;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      partSize += chunk.length;
      ofWhole?.update(chunk);
      await body.write(chunk);
    }
    if (partSize !== part.size)
      throw new Error(`The file ${part.file} of a part has another size than it had`);
    size += partSize;
  }
  return {
    size,
    eTag: `${md5.digest('hex')}-${parts.length}`,
    checksum: (await ofWhole?.digest()) ?? (await compositeOf(algorithm, parts)),
  };
}

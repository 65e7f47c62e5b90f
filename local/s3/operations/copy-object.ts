import { createHash } from 'node:crypto';
import { copySource, openCopySource } from '../copy-source.ts';
import { S3Error } from '../errors.ts';
import { headersToKeep, withoutChecksums } from '../object-headers.ts';
import type { OpenedObject, StoredObject } from '../object-store.ts';
import type { Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import type { IncomingBody } from '../storage/body-files.ts';
import { CHECKSUMS, DEFAULT_CHECKSUM, type ChecksumAlgorithm } from '../upload/checksums.ts';
import { MAX_OBJECT_BYTES } from '../upload/upload-plan.ts';
import { writeCondition } from '../write-condition.ts';
import { S3_NAMESPACE, xmlDocument } from '../xml.ts';

const READ_BYTES = 256 * 1024;

/**
 * The copy is an object in one piece, also that of an upload in parts: its ETag is its MD5.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export const copyObject: Operation = async ({ request, origin }, service) => {
  const { store } = service;
  const isReplacing = readDirective(request) === 'REPLACE';
  const condition = writeCondition(request.headers);
  const address = copySource(request);
  const isSame = address.bucket === request.bucket && address.key === request.key;
  if (isSame && !isReplacing) throw unchanged();
  const replacement = isReplacing ? headersToKeep(request.headers) : undefined;
  await store.check(request, condition);

  const source = await openCopySource(request, address, service);
  let body: IncomingBody | undefined;
  try {
    const { object } = source;
    const { size } = object;
    if (size > MAX_OBJECT_BYTES) throw tooLarge();
    const algorithm = chooseAlgorithm(request, object);
    body = await store.createBody();
    const { eTag, checksum } = await copyBytes(source, body, algorithm);
    const checksumHeaders = { [algorithm.header]: checksum, 'x-amz-checksum-type': 'FULL_OBJECT' };
    const headers = { ...(replacement ?? withoutChecksums(object.headers)), ...checksumHeaders };
    const created = { body, size, eTag, headers, eventName: 'ObjectCreated:Copy', ...condition } as const;
    const made = await store.put(request, created, origin);
    return { status: 200, body: render(made, algorithm, checksum) };
  } catch (error) {
    await body?.discard().catch(() => undefined);
    throw error;
  } finally {
    await source.body.close();
  }
};

function readDirective({ headers }: S3Request): 'COPY' | 'REPLACE' {
  const directive = headers.get('x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw new S3Error('InvalidArgument', {
    message: 'Unknown metadata directive.',
    detail: { ArgumentName: 'x-amz-metadata-directive', ArgumentValue: directive },
  });
}

/** What the client asks for, or what the source has. Throws InvalidRequest. */
function chooseAlgorithm({ headers }: S3Request, source: StoredObject): ChecksumAlgorithm {
  const asked = headers.get('x-amz-checksum-algorithm')?.toUpperCase();
  const chosen = CHECKSUMS.find(({ name, header }) =>
    asked === undefined ? header in source.headers : name === asked,
  );
  if (chosen !== undefined) return chosen;
  if (asked === undefined) return DEFAULT_CHECKSUM;
  throw new S3Error('InvalidRequest', {
    message:
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  });
}

async function copyBytes(
  source: OpenedObject,
  body: IncomingBody,
  algorithm: ChecksumAlgorithm,
): Promise<{ eTag: string; checksum: string }> {
  const md5 = createHash('md5');
  const checksum = algorithm.start();
  const bytes = source.body.createReadStream({ autoClose: false, highWaterMark: READ_BYTES });
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    md5.update(chunk);
    checksum.update(chunk);
    await body.write(chunk);
  }
  return { eTag: md5.digest('hex'), checksum: await checksum.digest() };
}

function render(made: StoredObject, { name }: ChecksumAlgorithm, checksum: string): string {
  return xmlDocument(
    'CopyObjectResult',
    [
      ['LastModified', made.lastModified],
      ['ETag', `"${made.eTag}"`],
      [`Checksum${name}`, checksum],
      ['ChecksumType', 'FULL_OBJECT'],
    ],
    S3_NAMESPACE,
  );
}

function unchanged(): S3Error {
  return new S3Error('InvalidRequest', {
    message:
      'This copy request is illegal because it is trying to copy an object to itself without changing the ' +
      "object's metadata, storage class, website redirect location or encryption attributes.",
  });
}

function tooLarge(): S3Error {
  return new S3Error('InvalidRequest', {
    message: `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_OBJECT_BYTES}`,
  });
}

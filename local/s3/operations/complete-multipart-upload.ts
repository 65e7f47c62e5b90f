import { S3Error } from '../errors.ts';
import { chooseParts, readCompletion } from '../multipart/completion-request.ts';
import { joinParts, type JoinedParts } from '../multipart/join-parts.ts';
import type { MultipartUpload } from '../multipart/multipart-uploads.ts';
import { algorithmOf } from '../multipart/upload-checksum.ts';
import { uploadAddress } from '../multipart/upload-address.ts';
import type { Call, Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import { readXmlBody } from '../upload/read-xml-body.ts';
import { planUpload } from '../upload/upload-plan.ts';
import { writeCondition } from '../write-condition.ts';
import { S3_NAMESPACE, xmlDocument } from '../xml.ts';

/**
 * The object is there, and the upload gone, in one moment; a refused completion leaves the upload as it was.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export const completeMultipartUpload: Operation = async (call, { store, signer }) => {
  const { request, origin } = call;
  const condition = writeCondition(request.headers);
  const document = await readXmlBody(
    call,
    planUpload(withoutObjectChecksums(call)),
    signer,
    'CompleteMultipartUpload',
  );
  const named = readCompletion(document);

  return store.uploads.finish(uploadAddress(request), async (upload, uploaded, removal) => {
    checkType(request, upload);
    const parts = chooseParts(named, uploaded, upload.checksum);
    await store.check(request, condition);
    const body = await store.createBody();
    try {
      const joined = await joinParts(store.uploads, parts, upload.checksum, body);
      checkObject(request, upload, joined);
      const { size, eTag } = joined;
      const headers = { ...upload.headers, ...checksumHeaders(upload, joined) };
      const eventName = 'ObjectCreated:CompleteMultipartUpload';
      const created = { body, size, eTag, headers, eventName, also: removal, ...condition } as const;
      await store.put(request, created, origin);
      return { status: 200, body: render(request, upload, joined) };
    } catch (error) {
      await body.discard().catch(() => undefined);
      throw error;
    }
  });
};

/** Checksums in this request's headers are the object's, not those of its body. */
function withoutObjectChecksums(call: Call): Call {
  const headers = [...call.request.headers].filter(([name]) => !name.startsWith('x-amz-checksum-'));
  return { ...call, request: { ...call.request, headers: new Map(headers) } };
}

function checkType({ headers }: S3Request, { checksum }: MultipartUpload): void {
  const type = headers.get('x-amz-checksum-type')?.toUpperCase();
  if (type === undefined || type === checksum.type) return;
  throw new S3Error('InvalidRequest', {
    message: `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
  });
}

/** Throws BadDigest or InvalidRequest where the object is not what the client says that it is. */
function checkObject({ headers }: S3Request, { checksum }: MultipartUpload, joined: JoinedParts): void {
  const { name, header } = algorithmOf(checksum);
  const expected = headers.get(header);
  const isExpected =
    expected === undefined || expected.replace(/-\d+$/, '') === joined.checksum.replace(/-\d+$/, '');
  if (!isExpected) {
    throw new S3Error('BadDigest', {
      message: `The ${name} you specified did not match the calculated checksum.`,
    });
  }
  const size = headers.get('x-amz-mp-object-size');
  if (size === undefined || Number(size) === joined.size) return;
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header does not match the size of the object, ${joined.size} bytes.`,
  });
}

function checksumHeaders({ checksum }: MultipartUpload, joined: JoinedParts): Record<string, string> {
  return { [algorithmOf(checksum).header]: joined.checksum, 'x-amz-checksum-type': checksum.type };
}

function render(
  { headers, bucket, key, rawPath }: S3Request,
  upload: MultipartUpload,
  joined: JoinedParts,
): string {
  return xmlDocument(
    'CompleteMultipartUploadResult',
    [
      ['Location', `http://${headers.get('host') ?? ''}${rawPath}`],
      ['Bucket', bucket],
      ['Key', key],
      ['ETag', `"${joined.eTag}"`],
      [`Checksum${upload.checksum.algorithm}`, joined.checksum],
      ['ChecksumType', upload.checksum.type],
    ],
    S3_NAMESPACE,
  );
}

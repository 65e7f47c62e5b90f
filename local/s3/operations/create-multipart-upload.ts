import { readUploadChecksum } from '../multipart/upload-checksum.ts';
import { headersToKeep } from '../object-headers.ts';
import type { Operation } from '../operation.ts';
import { S3_NAMESPACE, xmlDocument } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload: Operation = async ({ request }, { store }) => {
  const checksum = readUploadChecksum(request.headers);
  const upload = await store.uploads.create(request, { headers: headersToKeep(request.headers), checksum });
  return {
    status: 200,
    ...(checksum.isAsked && {
      headers: { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type },
    }),
    body: xmlDocument(
      'InitiateMultipartUploadResult',
      [
        ['Bucket', upload.bucket],
        ['Key', upload.key],
        ['UploadId', upload.uploadId],
      ],
      S3_NAMESPACE,
    ),
  };
};

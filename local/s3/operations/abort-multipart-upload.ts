import { uploadAddress } from '../multipart/upload-address.ts';
import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload: Operation = async ({ request }, { store }) => {
  await store.uploads.abort(uploadAddress(request));
  return { status: 204 };
};

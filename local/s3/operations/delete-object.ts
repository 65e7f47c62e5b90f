import { notOffered } from '../not-offered.ts';
import type { Operation } from '../operation.ts';

/**
 * A key that never was is deleted all the same.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 */
export const deleteObject: Operation = async ({ request, origin }, { store }) => {
  if (request.headers.has('if-match')) throw notOffered('If-Match');
  await store.remove(request, origin);
  return { status: 204 };
};

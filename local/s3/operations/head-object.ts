import type { Operation } from '../operation.ts';
import { readObject } from '../read-object.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject: Operation = async ({ request }, { store }) => {
  const { status, headers } = readObject(request, await store.get(request));
  return { status, headers };
};

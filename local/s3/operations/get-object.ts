import type { Operation } from '../operation.ts';
import { readObject } from '../read-object.ts';

const READ_BYTES = 256 * 1024;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject: Operation = async ({ request }, { store }) => {
  const opened = await store.open(request);
  let isSent = false;
  try {
    const { status, headers, range } = readObject(request, opened?.object);
    if (opened === undefined || range === undefined) return { status, headers };
    const body = opened.body.createReadStream({ ...range, highWaterMark: READ_BYTES });
    isSent = true;
    return { status, headers, body };
  } finally {
    if (!isSent) await opened?.body.close();
  }
};

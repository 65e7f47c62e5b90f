import { headersToKeep } from '../object-headers.ts';
import type { Operation } from '../operation.ts';
import { planUpload } from '../upload/upload-plan.ts';
import { receiveUpload } from '../upload/receive-upload.ts';
import { writeCondition } from '../write-condition.ts';

/**
 * Nothing changes before the whole body was received and found right.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export const putObject: Operation = async (call, { store, signer }) => {
  const { request, origin } = call;
  const plan = planUpload(call);
  const condition = writeCondition(request.headers);
  const kept = headersToKeep(request.headers);
  // Spares the client an upload that would be refused; what counts is the check at the end.
  await store.check(request, condition);

  const body = await store.createBody();
  try {
    const { size, eTag, checksumHeaders } = await receiveUpload(call, plan, signer, (bytes) =>
      body.write(bytes),
    );
    const headers = { ...kept, ...checksumHeaders };
    await store.put(request, { body, size, eTag, headers, ...condition }, origin);
    return { status: 200, headers: { etag: `"${eTag}"`, ...checksumHeaders } };
  } catch (error) {
    // The first failure is what counts; litter that stays is swept at the next start.
    await body.discard().catch(() => undefined);
    throw error;
  }
};

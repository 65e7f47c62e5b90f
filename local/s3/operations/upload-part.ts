import { algorithmOf, checkPartAlgorithm } from '../multipart/upload-checksum.ts';
import { partNumberOf, uploadAddress } from '../multipart/upload-address.ts';
import type { Operation } from '../operation.ts';
import { receiveUpload } from '../upload/receive-upload.ts';
import { planUpload } from '../upload/upload-plan.ts';

/**
 * A part replaces an earlier one of its number once it was received whole and found right.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
 */
export const uploadPart: Operation = async (call, { store, signer }) => {
  const { request } = call;
  const partNumber = partNumberOf(request);
  const plan = planUpload(call);
  const address = uploadAddress(request);
  const upload = await store.uploads.get(address);
  checkPartAlgorithm(upload.checksum, plan.checksum?.algorithm);
  const algorithm = plan.checksum?.algorithm ?? algorithmOf(upload.checksum);

  const body = await store.createBody();
  try {
    const { size, eTag, checksumHeaders } = await receiveUpload(
      call,
      { ...plan, computed: algorithm },
      signer,
      (bytes) => body.write(bytes),
    );
    const checksum = checksumHeaders[algorithm.header] ?? '';
    const part = { partNumber, size, eTag, algorithm: algorithm.name, checksum, body };
    await store.uploads.putPart(address, part);
    return { status: 200, headers: { etag: `"${eTag}"`, [algorithm.header]: checksum } };
  } catch (error) {
    // The first failure is what counts; litter that stays is swept at the next start.
    await body.discard().catch(() => undefined);
    throw error;
  }
};

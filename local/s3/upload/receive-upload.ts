import { createHash } from 'node:crypto';
import { decodeAwsChunked } from './aws-chunked.ts';
import { DEFAULT_CHECKSUM } from './checksums.ts';
import { S3Error } from '../errors.ts';
import type { Call } from '../operation.ts';
import type { Signer } from '../signature/signature-v4.ts';
import type { UploadPlan } from './upload-plan.ts';

/** What arrived, after all that the client said of it was found true. */
export interface ReceivedUpload {
  size: number;
  /** MD5 in hex. */
  eTag: string;
  /** `x-amz-checksum-…` and its type, to keep and to answer. */
  checksumHeaders: Record<string, string>;
}

/**
 * Reads an upload's body to its end and verifies it; `write` gets the object's bytes as they come.
 * Throws ClientGone, BadDigest, IncompleteBody, XAmzContentSHA256Mismatch and what aws-chunked throws.
 */
export async function receiveUpload(
  call: Call,
  plan: UploadPlan,
  signer: Signer,
  write: (bytes: Buffer) => Promise<void>,
): Promise<ReceivedUpload> {
  const digests = startDigests(plan);
  const body = call.readBody();
  try {
    for await (const bytes of objectBytes(call, plan, signer, body)) {
      digests.update(bytes);
      await write(bytes);
    }
  } finally {
    // Lets go of the request without ending it, so that an error can still be answered.
    await body.return();
  }
  return digests.verify();
}

function objectBytes(
  { authorization }: Call,
  plan: UploadPlan,
  signer: Signer,
  body: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  if (plan.form.kind !== 'chunked') return body;
  const { signature: seed, amzDate, scope } = authorization;
  const sign = (text: string): Promise<string> => signer.signText(text, amzDate);
  return decodeAwsChunked(body, {
    signing: plan.form.signed ? { seed, amzDate, scope, sign } : undefined,
    decodedLength: plan.length,
    onTrailers: plan.takeTrailers,
  });
}

function startDigests(plan: UploadPlan): {
  update: (bytes: Buffer) => void;
  verify: () => Promise<ReceivedUpload>;
} {
  const md5 = createHash('md5');
  const algorithm = plan.checksum?.algorithm ?? plan.computed ?? DEFAULT_CHECKSUM;
  const checksum = algorithm.start();
  const sha256 = plan.form.kind === 'signed' ? createHash('sha256') : undefined;
  let size = 0;
  return {
    update: (bytes) => {
      size += bytes.length;
      md5.update(bytes);
      checksum.update(bytes);
      sha256?.update(bytes);
    },
    verify: async () => {
      if (size !== plan.length) throw new S3Error('IncompleteBody');
      const eTag = md5.digest();
      const value = await checksum.digest();
      checkSha256(plan, sha256?.digest('hex'));
      checkMd5(plan, eTag);
      checkChecksum(plan, value);
      const checksumHeaders = { [algorithm.header]: value, 'x-amz-checksum-type': 'FULL_OBJECT' };
      return { size, eTag: eTag.toString('hex'), checksumHeaders };
    },
  };
}

function checkSha256({ form }: UploadPlan, computed: string | undefined): void {
  if (form.kind !== 'signed' || computed === form.sha256) return;
  throw new S3Error('XAmzContentSHA256Mismatch', {
    detail: { ClientComputedContentSHA256: form.sha256, S3ComputedContentSHA256: computed ?? '' },
  });
}

function checkMd5({ contentMd5 }: UploadPlan, computed: Buffer): void {
  if (contentMd5 === undefined || computed.toString('base64') === contentMd5) return;
  throw new S3Error('BadDigest', {
    detail: { ExpectedDigest: contentMd5, CalculatedDigest: computed.toString('base64') },
  });
}

function checkChecksum({ checksum }: UploadPlan, computed: string): void {
  const expected = checksum?.expected();
  if (checksum === undefined || expected === computed) return;
  throw new S3Error('BadDigest', {
    message: `The ${checksum.algorithm.name} you specified did not match the calculated checksum.`,
  });
}

import { S3Error } from '../errors.ts';
import type { Call } from '../operation.ts';
import type { Signer } from '../signature/signature-v4.ts';
import { readXml, type ReadElement } from '../xml-reader.ts';
import { receiveUpload } from './receive-upload.ts';
import type { UploadPlan } from './upload-plan.ts';

/** More than 10,000 parts with their checksums, or 1,000 of the longest keys, need. */
const MAX_XML_BYTES = 8 * 1024 * 1024;

/**
 * Reads a request whose body is a small document with the root element `root`, verified like an upload.
 * Throws MalformedXML, MaxMessageLengthExceeded and what `receiveUpload` throws.
 */
export async function readXmlBody(
  call: Call,
  plan: UploadPlan,
  signer: Signer,
  root: string,
): Promise<ReadElement> {
  if (plan.length > MAX_XML_BYTES) {
    throw new S3Error('MaxMessageLengthExceeded', { detail: { MaxMessageLengthBytes: MAX_XML_BYTES } });
  }
  const chunks: Buffer[] = [];
  await receiveUpload(call, plan, signer, async (bytes) => {
    chunks.push(bytes);
  });
  const document = readXml(Buffer.concat(chunks));
  if (document.name !== root) throw new S3Error('MalformedXML');
  return document;
}

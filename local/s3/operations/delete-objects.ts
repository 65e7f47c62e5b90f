import { asS3Error, S3Error } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import type { Call, Operation } from '../operation.ts';
import { readXmlBody } from '../upload/read-xml-body.ts';
import { planUpload } from '../upload/upload-plan.ts';
import { childText, type ReadElement } from '../xml-reader.ts';
import { S3_NAMESPACE, xmlDocument, type XmlElement } from '../xml.ts';

const MAX_KEYS = 1000;
const MAX_KEY_BYTES = 1024;
/** Conditions and versions: a deletion that left them aside would be a false success. */
const NOT_OFFERED = ['VersionId', 'ETag', 'LastModifiedTime', 'Size'];

/**
 * Each key has an outcome of its own, and an event also where it never was.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export const deleteObjects: Operation = async (call, { store, signer }) => {
  const plan = planUpload(call);
  if (plan.contentMd5 === undefined && plan.checksum === undefined) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: Content-MD5' });
  }
  const document = await readXmlBody(call, plan, signer, 'Delete');
  const objects = document.children.filter(({ name }) => name === 'Object');
  if (objects.length === 0 || objects.length > MAX_KEYS) throw new S3Error('MalformedXML');
  if (objects.some((object) => (childText(object, 'Key') ?? '') === '')) throw new S3Error('MalformedXML');
  const isQuiet = childText(document, 'Quiet')?.trim().toLowerCase() === 'true';

  const outcomes: XmlElement[] = [];
  for (const object of objects) {
    const outcome = await remove(object, call, store);
    if (!isQuiet || outcome[0] === 'Error') outcomes.push(outcome);
  }
  return { status: 200, body: xmlDocument('DeleteResult', outcomes, S3_NAMESPACE) };
};

async function remove(
  object: ReadElement,
  { request, origin }: Call,
  store: ObjectStore,
): Promise<XmlElement> {
  const key = childText(object, 'Key') ?? '';
  try {
    check(object, key);
    await store.remove({ bucket: request.bucket, key }, origin);
    return ['Deleted', [['Key', key]]];
  } catch (error) {
    const { code, message } = asS3Error(error);
    return [
      'Error',
      [
        ['Key', key],
        ['Code', code],
        ['Message', message],
      ],
    ];
  }
}

function check(object: ReadElement, key: string): void {
  if (Buffer.byteLength(key, 'utf8') > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError');
  const asked = object.children.find(({ name, text }) => NOT_OFFERED.includes(name) && !isNull(name, text));
  if (asked === undefined) return;
  throw new S3Error('NotImplemented', { message: `The local S3 does not offer ${asked.name} of a deletion` });
}

/** The only version that an object of a bucket without versions has. */
function isNull(name: string, text: string): boolean {
  return name === 'VersionId' && text === 'null';
}

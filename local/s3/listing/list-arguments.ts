import { S3Error } from '../errors.ts';
import { queryValue, type S3Request } from '../request.ts';
import { encodeKey } from '../url-encoding.ts';

const MOST = 1000;
const MOST_ASKED = 2_147_483_647;

/** How many lines a page may have, `max-keys` and its like. Throws InvalidArgument. */
export function readCount(request: S3Request, name: string): number {
  const text = queryValue(request, name);
  if (text === undefined || text === '') return MOST;
  if (!/^-?\d+$/.test(text)) {
    throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
  }
  const count = Number(text);
  if (count < 0 || count > MOST_ASKED) {
    const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    throw invalidArgument(camel, text, `Argument ${camel} must be an integer between 0 and ${MOST_ASKED}`);
  }
  return Math.min(count, MOST);
}

/** `url` or nothing. Throws InvalidArgument. */
export function readEncodingType(request: S3Request): 'url' | undefined {
  const type = queryValue(request, 'encoding-type');
  if (type === undefined || type === 'url') return type;
  throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
}

/** How a listing writes keys: most control characters have no form in XML. */
export function keyWriter(encodingType: 'url' | undefined): (key: string) => string {
  return encodingType === 'url' ? encodeKey : (key) => key;
}

export function invalidArgument(name: string, value: string, message: string): S3Error {
  return new S3Error('InvalidArgument', { message, detail: { ArgumentName: name, ArgumentValue: value } });
}

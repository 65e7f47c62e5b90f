import { validateHeaderName, validateHeaderValue } from 'node:http';

export interface ProxyResponse {
  status: number;
  /** In lower case; several values where the header comes several times. */
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** Names that the gateway sets itself. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'transfer-encoding', 'date', 'keep-alive']);

/**
 * What a function answered, as HTTP; undefined where it is not what API Gateway takes (it then says 502). Source:
 * API Gateway Developer Guide, "Output format of a Lambda function for proxy integration".
 */
export function proxyResponseOf(payload: unknown): ProxyResponse | undefined {
  if (!isObject(payload)) return undefined;
  const { statusCode, body, isBase64Encoded } = payload;
  const status = typeof statusCode === 'string' ? Number(statusCode) : statusCode;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const headers = headersOf(payload['headers'], payload['multiValueHeaders']);
  if (headers === undefined) return undefined;
  const bytes = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: bytes };
}

/** Undefined where one of them can't be sent. */
function headersOf(single: unknown, multiple: unknown): Record<string, string | string[]> | undefined {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of [...entriesOf(single), ...entriesOf(multiple)]) {
    const values = (Array.isArray(value) ? (value as unknown[]) : [value]).map(String);
    if (!isHeader(name, values)) return undefined;
    const lower = name.toLowerCase();
    if (!OWN_HEADERS.has(lower)) headers[lower] = [...new Set([...(headers[lower] ?? []), ...values])];
  }
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name, values.length === 1 ? String(values[0]) : values]),
  );
}

function isHeader(name: string, values: string[]): boolean {
  try {
    validateHeaderName(name);
    for (const value of values) validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

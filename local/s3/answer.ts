import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { discardBody } from '../discard-body.ts';
import { ClientGone, type S3Error } from './errors.ts';
import type { Answer } from './operation.ts';
import type { RequestOrigin } from './request.ts';
import { xmlDocument, type XmlElement } from './xml.ts';

/** How much of a refused upload is still taken in, so that its sender comes to read the refusal. */
const PATIENCE = { maxBytes: 16 * 1024 * 1024, maxMs: 3_000 };

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
export function errorAnswer(error: S3Error, origin: RequestOrigin, message: IncomingMessage): Answer {
  const detail = Object.entries(error.detail).map(([name, value]): XmlElement => [name, value]);
  const body = xmlDocument('Error', [
    ['Code', error.code],
    ['Message', error.message],
    ...detail,
    ['RequestId', origin.requestId],
    ['HostId', origin.hostId],
  ]);
  return message.method === 'HEAD'
    ? { status: error.status, headers: { 'content-type': 'application/xml', ...error.headers } }
    : { status: error.status, headers: error.headers, body };
}

/** Sends an answer to its end. Throws ClientGone when the client goes away, and what its body throws. */
export async function sendAnswer(
  message: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const { status, headers = {}, body = '' } = answer;
  if (body instanceof Readable) return sendStream(response, status, headers, body);

  const hasUnreadBody = !message.complete;
  const bytes = Buffer.from(body, 'utf8');
  const isXml = bytes.length > 0;
  response.writeHead(status, {
    ...(isXml ? { 'content-type': 'application/xml', 'content-length': bytes.length } : {}),
    ...(!isXml && status === 200 ? { 'content-length': 0 } : {}),
    ...(hasUnreadBody ? { connection: 'close' } : {}),
    ...headers,
  });
  if (isXml) response.write(bytes);
  else response.flushHeaders();
  if (hasUnreadBody) await discardBody(message, PATIENCE);
  await end(response);
}

async function sendStream(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | number>,
  body: Readable,
): Promise<void> {
  let failure: unknown;
  body.once('error', (error) => (failure = error));
  response.writeHead(status, headers);
  try {
    await pipeline(body, response);
  } catch (cause) {
    throw failure === undefined
      ? new ClientGone('The connection was cut in the middle of an answer', { cause })
      : cause;
  }
}

async function end(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(resolve);
  });
}

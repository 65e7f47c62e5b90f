import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface HttpRequest {
  method: string;
  headers: Record<string, string>;
  body?: Uint8Array | string | FormData;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
}

export async function sendByFetch(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const response = await fetch(url, { ...request, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends the path as it stands: `fetch` would resolve its dots, turn its backslashes and encode what it holds raw. */
export async function sendRaw(url: string, { method, headers, body }: HttpRequest): Promise<HttpAnswer> {
  const [, origin = '', path = '/'] = /^(https?:\/\/[^/?]+)(.*)$/s.exec(url) ?? [];
  const { protocol, hostname, port } = new URL(origin);
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  // Node writes each character of a path as one byte, so these are the path's bytes in UTF-8.
  const request = send({ hostname, port, path: Buffer.from(path).toString('latin1'), method, headers });
  if (body instanceof FormData) throw new TypeError('A form goes by fetch');
  request.end(body);
  // Its type is what the event's documentation says.
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: toHeaders(response.rawHeaders),
    text: Buffer.concat(chunks).toString(),
  };
}

function toHeaders(raw: string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] ?? '', raw[i + 1] ?? '');
  return headers;
}

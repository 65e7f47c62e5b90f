import { type BodyData, parseBody } from 'hono/utils/body';
import { InvalidRequest } from '../errors.ts';
import type { Upload } from '../upload-image.ts';
import type { CheckedRequest } from './api.ts';
import { checkJson } from './check-request.ts';

/**
 * An upload in any of the three forms that the contract takes: JSON with base64, a form, or the bytes themselves
 * under whatever type (curl's `--data-binary` says `application/x-www-form-urlencoded`); the bytes decide.
 * Throws `InvalidRequest` where the form, the name or the bytes are missing.
 */
export async function readUpload(request: CheckedRequest): Promise<Upload> {
  const { name, bytes } = await readBody(request);
  const given = textIn(request.query['name']) ?? name;
  if (given === undefined) throw new InvalidRequest('name: missing; say it as ?name=');
  if (bytes.length === 0) throw new InvalidRequest('body: empty; send the image in it');
  return { name: given, bytes, overwrite: request.query['overwrite'] === true };
}

/** The media type of a body, without parameters, in lower case; `''` where none is said. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1).join('').trim().toLowerCase();
}

interface Body {
  name?: string;
  bytes: Uint8Array;
}

async function readBody(request: CheckedRequest): Promise<Body> {
  switch (mediaType(request.raw)) {
    case 'application/json':
      return readJson(request);
    case 'multipart/form-data':
      return readForm(request.raw);
    default:
      return { bytes: new Uint8Array(await request.raw.arrayBuffer()) };
  }
}

async function readJson({ raw, operation }: CheckedRequest): Promise<Body> {
  if (!operation.body) throw new Error(`openapi.yaml: ${operation.id} has no JSON body`);
  // The contract was checked: JsonUpload.
  const { name, data } = checkJson(await raw.text(), operation.body) as { name?: string; data: string };
  return { ...(name !== undefined && { name }), bytes: fromBase64(data) };
}

function fromBase64(data: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(data);
  } catch {
    throw new InvalidRequest('data: not base64; send the bytes alone, without a data: prefix');
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function readForm(request: Request): Promise<Body> {
  let form: BodyData;
  try {
    // Every value of a field comes in a list, so that none is lost unseen.
    form = await parseBody(request, { all: true });
  } catch {
    throw new InvalidRequest('body: not a multipart/form-data form that can be read');
  }
  const { file, name, ...others } = form;
  for (const other of Object.keys(others))
    throw new InvalidRequest(`${other}: not a field here; there are: file, name`);
  if (Array.isArray(file) || Array.isArray(name))
    throw new InvalidRequest('body: a field is there more than once');
  if (!(file instanceof File))
    throw new InvalidRequest('file: missing; send the image as the form field "file"');
  return { name: textIn(name) ?? file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

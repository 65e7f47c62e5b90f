import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { CREDENTIALS, REGION } from './s3-for-tests.ts';

/** SHA-256 as the SDK's signer wants it, written apart from the server's own. */
class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }
  update(data: unknown): void {
    this.#hash.update(data as string | Uint8Array);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('not needed');
  }
}

export const signer = new SignatureV4({
  credentials: CREDENTIALS,
  region: REGION,
  service: 's3',
  sha256: Sha256,
  uriEscapePath: false,
});

export interface RequestToSign {
  port: number;
  method?: string;
  /** Percent-encoded. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
}

/** The headers of a request, signed; its payload is said to be unsigned unless a header says otherwise. */
export async function signedHeaders(
  request: RequestToSign,
  signingDate = new Date(),
): Promise<Record<string, string>> {
  const { port, method = 'GET', path, query = {}, headers = {} } = request;
  const signed = await signer.sign(
    {
      protocol: 'http:',
      hostname: '127.0.0.1',
      method,
      path,
      query,
      headers: { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
    },
    { signingDate },
  );
  return signed.headers;
}

/** A URL that carries its signature; headers go into its query. */
export async function presignedUrl(request: RequestToSign): Promise<string> {
  const { port, method = 'GET', path, query = {}, headers = {} } = request;
  const host = `127.0.0.1:${port}`;
  const signed = await signer.presign(
    {
      protocol: 'http:',
      hostname: '127.0.0.1',
      method,
      path,
      query,
      headers: { host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', ...headers },
    },
    { expiresIn: 60 },
  );
  const parameters = Object.entries(signed.query ?? {}).map(([name, value]) => [name, String(value)]);
  const encoded = parameters.map((pair) => pair.map(encodeURIComponent).join('='));
  return `http://${host}${path}?${encoded.join('&')}`;
}

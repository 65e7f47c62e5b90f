import { describe, expect, test } from '@jest/globals';
import type { Call } from '../operation.ts';
import { Signer } from '../signature/signature-v4.ts';
import { receiveUpload } from './receive-upload.ts';
import { planUpload } from './upload-plan.ts';

const signer = new Signer({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });

/** A call with these headers whose body comes in these pieces. */
function callWith(headers: Record<string, string>, pieces: string[], onReturn = (): void => undefined): Call {
  async function* readBody(): AsyncGenerator<Buffer, void, void> {
    try {
      for (const piece of pieces) yield Buffer.from(piece);
    } finally {
      onReturn();
    }
  }
  const request = { method: 'PUT', rawPath: '', path: '', bucket: '', key: '', query: [] };
  return {
    request: { ...request, headers: new Map(Object.entries(headers)) },
    authorization: {
      payloadHash: 'UNSIGNED-PAYLOAD',
      presigned: false,
      amzDate: '',
      scope: '',
      signature: '',
    },
    origin: { requestId: '', hostId: '', sourceIp: '' },
    readBody,
  };
}

async function receive(call: Call, write = async (_: Buffer): Promise<void> => undefined): Promise<unknown> {
  return receiveUpload(call, planUpload(call), signer, write).catch((error: unknown) => error);
}

describe('an upload', () => {
  test('is measured and hashed as it comes', async () => {
    const written: string[] = [];
    const received = await receive(callWith({ 'content-length': '5' }, ['he', '', 'llo']), async (bytes) => {
      written.push(bytes.toString());
    });
    expect(received).toEqual({
      size: 5,
      eTag: '5d41402abc4b2a76b9719d911017c592',
      checksumHeaders: { 'x-amz-checksum-crc64nvme': 'M3eFcAZSQlc=', 'x-amz-checksum-type': 'FULL_OBJECT' },
    });
    expect(written.join('')).toBe('hello');
  });

  test.each([['4'], ['6']])('of another length than the %s bytes announced is refused', async (length) => {
    expect(await receive(callWith({ 'content-length': length }, ['hello']))).toMatchObject({
      code: 'IncompleteBody',
    });
  });

  test('lets go of its body when it can not be written', async () => {
    let isReturned = false;
    const call = callWith({ 'content-length': '5' }, ['hello', 'more'], () => (isReturned = true));
    const failure = new Error('disk full');
    expect(await receive(call, () => Promise.reject(failure))).toBe(failure);
    expect(isReturned).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import { parseAmzDate, Signer } from './signature-v4.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, its worked examples */
const signer = new Signer({
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
});
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const COMMON = { amzDate: '20130524T000000Z', scope: '20130524/us-east-1/s3/aws4_request' };
const HEADERS = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': COMMON.amzDate };

describe("AWS's examples are signed as AWS signs them", () => {
  test('GET of a range', async () => {
    const { signature, canonicalRequest } = await signer.expected({
      ...COMMON,
      method: 'GET',
      path: '/test.txt',
      query: [],
      headers: { ...HEADERS, range: 'bytes=0-9', 'x-amz-content-sha256': EMPTY },
      payloadHash: EMPTY,
    });
    expect(signature).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
    expect(canonicalRequest.split('\n')[1]).toBe('/test.txt');
  });

  test('PUT of a key with a dollar sign', async () => {
    const payloadHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const { signature } = await signer.expected({
      ...COMMON,
      method: 'PUT',
      path: '/test$file.text',
      query: [],
      headers: {
        ...HEADERS,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': payloadHash,
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      payloadHash,
    });
    expect(signature).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });

  test.each([
    [
      'a sub-resource',
      [['lifecycle', '']],
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'a listing',
      [
        ['max-keys', '2'],
        ['prefix', 'J'],
      ],
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ] as const)('GET of %s', async (_, query, expected) => {
    const headers = { ...HEADERS, 'x-amz-content-sha256': EMPTY };
    const parts = { ...COMMON, method: 'GET', path: '/', query, headers, payloadHash: EMPTY };
    expect((await signer.expected(parts)).signature).toBe(expected);
  });

  test('a presigned GET', async () => {
    const { signature } = await signer.expected({
      ...COMMON,
      method: 'GET',
      path: '/test.txt',
      query: [
        ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
        ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
        ['X-Amz-Date', COMMON.amzDate],
        ['X-Amz-Expires', '86400'],
        ['X-Amz-SignedHeaders', 'host'],
      ],
      headers: { host: HEADERS.host },
      payloadHash: 'UNSIGNED-PAYLOAD',
    });
    expect(signature).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  });
});

test('a path is encoded once and not tidied', async () => {
  const path = "/b/a//b/./../%2F ñ+~!*'()";
  const parts = { ...COMMON, method: 'GET', path, query: [], headers: HEADERS, payloadHash: EMPTY };
  const { canonicalRequest } = await signer.expected(parts);
  expect(canonicalRequest.split('\n')[1]).toBe('/b/a//b/./../%252F%20%C3%B1%2B~%21%2A%27%28%29');
});

test('a query keeps repeated and strange names', async () => {
  const query = [
    ['b', '2'],
    ['a', 'z'],
    ['a', 'y'],
    ['constructor', 'x y'],
  ] as const;
  const parts = { ...COMMON, method: 'GET', path: '/', query, headers: HEADERS, payloadHash: EMPTY };
  const { canonicalRequest } = await signer.expected(parts);
  expect(canonicalRequest.split('\n')[2]).toBe('a=y&a=z&b=2&constructor=x%20y');
});

test('only dates in the form of SigV4 are read', () => {
  expect(parseAmzDate('20130524T010203Z')?.toISOString()).toBe('2013-05-24T01:02:03.000Z');
  for (const text of ['', '20130524', '2013-05-24T01:02:03Z', '20131324T010203Z', '20130524T010203']) {
    expect(parseAmzDate(text)).toBeUndefined();
  }
});

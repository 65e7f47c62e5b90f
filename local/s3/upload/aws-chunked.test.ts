import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256Hex, Signer } from '../signature/signature-v4.ts';
import { decodeAwsChunked, type ChunkSigning } from './aws-chunked.ts';

/** The worked example of AWS: 65 KiB of `a` in chunks of 64 KiB, signed on 24 May 2013. */
const EXAMPLE = new Signer({
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
});
const AMZ_DATE = '20130524T000000Z';
const SCOPE = '20130524/us-east-1/s3/aws4_request';

function signing(seed: string): ChunkSigning {
  return { seed, amzDate: AMZ_DATE, scope: SCOPE, sign: (text) => EXAMPLE.signText(text, AMZ_DATE) };
}

interface Decoded {
  text: string;
  trailers: Record<string, string>;
}

async function decode(
  body: string | Buffer,
  decodedLength: number,
  options: { signing?: ChunkSigning; pieceBytes?: number } = {},
): Promise<Decoded> {
  const trailers: Record<string, string> = {};
  const source = pieces(Buffer.from(body), options.pieceBytes ?? 1000);
  const decoded: Buffer[] = [];
  const onTrailers = (given: ReadonlyMap<string, string>): void =>
    void Object.assign(trailers, Object.fromEntries(given));
  for await (const bytes of decodeAwsChunked(source, {
    signing: options.signing,
    decodedLength,
    onTrailers,
  })) {
    decoded.push(bytes);
  }
  return { text: Buffer.concat(decoded).toString('latin1'), trailers };
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function failure(attempt: Promise<Decoded>): Promise<string> {
  return attempt.then(
    () => 'taken',
    (error: unknown) => (error as { code: string }).code,
  );
}

describe("AWS's example of signed chunks", () => {
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  const body = [
    `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65536)}\r\n`,
    `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
    '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
  ];

  test.each([1, 7, 65536, 1_000_000])('is taken when it arrives %d bytes at a time', async (pieceBytes) => {
    const { text } = await decode(body.join(''), 66560, { signing: signing(seed), pieceBytes });
    expect(text).toBe('a'.repeat(66560));
  });

  test('is refused after another request', async () => {
    const attempt = decode(body.join(''), 66560, { signing: signing(seed.replace('4', '5')) });
    expect(await failure(attempt)).toBe('SignatureDoesNotMatch');
  });

  test('is refused with a byte changed', async () => {
    const mutated = body.join('').replace('aaaa\r\n', 'aaba\r\n');
    expect(await failure(decode(mutated, 66560, { signing: signing(seed) }))).toBe('SignatureDoesNotMatch');
  });

  test('is refused without its second chunk', async () => {
    const [first = '', , last = ''] = body;
    expect(await failure(decode(first + last, 65536, { signing: signing(seed) }))).toBe(
      'SignatureDoesNotMatch',
    );
  });

  test('is refused without signatures', async () => {
    const unsigned = body.join('').replace(/;chunk-signature=[0-9a-f]+/g, '');
    expect(await failure(decode(unsigned, 66560, { signing: signing(seed) }))).toBe('SignatureDoesNotMatch');
  });
});

describe('signed chunks with a trailer', () => {
  const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
  const DATA = 'hello';

  async function body(trailerText: string, signedTrailer = trailerText): Promise<string> {
    const chain = signing(seed);
    const empty = sha256Hex('');
    const link = (previous: string, data: string): Promise<string> =>
      chain.sign(['AWS4-HMAC-SHA256-PAYLOAD', AMZ_DATE, SCOPE, previous, empty, sha256Hex(data)].join('\n'));
    const first = await link(seed, DATA);
    const last = await link(first, '');
    const trailer = await chain.sign(
      ['AWS4-HMAC-SHA256-TRAILER', AMZ_DATE, SCOPE, last, sha256Hex(signedTrailer)].join('\n'),
    );
    return (
      `5;chunk-signature=${first}\r\n${DATA}\r\n0;chunk-signature=${last}\r\n` +
      `${trailerText.replaceAll('\n', '\r\n')}x-amz-trailer-signature:${trailer}\r\n\r\n`
    );
  }

  test('hand the trailer over when its signature is right', async () => {
    const decoded = await decode(await body('x-amz-checksum-crc32:NhCmhg==\n'), 5, {
      signing: signing(seed),
    });
    expect(decoded).toEqual({ text: 'hello', trailers: { 'x-amz-checksum-crc32': 'NhCmhg==' } });
  });

  test('are refused when the trailer is not what was signed', async () => {
    const altered = await body('x-amz-checksum-crc32:AAAAAA==\n', 'x-amz-checksum-crc32:NhCmhg==\n');
    expect(await failure(decode(altered, 5, { signing: signing(seed) }))).toBe('SignatureDoesNotMatch');
  });

  test('are refused when the trailer is not signed', async () => {
    const text = (await body('x-amz-checksum-crc32:NhCmhg==\n')).replace(
      /x-amz-trailer-signature:.*\r\n/,
      '',
    );
    expect(await failure(decode(text, 5, { signing: signing(seed) }))).toBe('SignatureDoesNotMatch');
  });
});

describe('unsigned chunks', () => {
  const BODY = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n';

  test('end with their trailer', async () => {
    expect(await decode(BODY, 5, { pieceBytes: 1 })).toEqual({
      text: 'hello',
      trailers: { 'x-amz-checksum-crc32': 'NhCmhg==' },
    });
  });

  test('may hold nothing', async () => {
    expect(await decode('0\r\n\r\n', 0)).toEqual({ text: '', trailers: {} });
  });

  test('may hold what looks like the end of a chunk', async () => {
    expect((await decode('9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n', 9)).text).toBe('\r\n0\r\n\r\n\r\n');
  });

  test('may have one line end too many behind them', async () => {
    expect((await decode(`${BODY}\r\n`, 5)).text).toBe('hello');
  });

  test('are refused wherever they are cut off', async () => {
    for (let length = 0; length < BODY.length; length += 1) {
      expect(await failure(decode(BODY.slice(0, length), 5))).toBe('IncompleteBody');
    }
  });

  test.each([
    ['a size that is no number', 'z\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a negative size', '-5\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a size beyond all bounds', `${'f'.repeat(40)}\r\nhello\r\n0\r\n\r\n`, 'IncompleteBody'],
    ['a line without end', 'a'.repeat(5000), 'IncompleteBody'],
    ['a chunk longer than its size', '4\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a chunk shorter than its size', '6\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
    ['more bytes than announced', '6\r\nhello!\r\n0\r\n\r\n', 'IncompleteBody'],
    ['fewer bytes than announced', '4\r\nhell\r\n0\r\n\r\n', 'IncompleteBody'],
    ['something behind the end', `${BODY}GET / HTTP/1.1\r\n`, 'IncompleteBody'],
    ['a trailer without a colon', '5\r\nhello\r\n0\r\nnonsense\r\n\r\n', 'MalformedTrailerError'],
    ['trailers without end', `5\r\nhello\r\n0\r\n${'a:b\r\n'.repeat(100)}\r\n`, 'MalformedTrailerError'],
    [
      'a chunk that is too small and not the last',
      '4\r\nhell\r\n1\r\no\r\n0\r\n\r\n',
      'InvalidChunkSizeError',
    ],
  ])('are refused with %s', async (_, body, code) => {
    expect(await failure(decode(body, 5))).toBe(code);
  });

  test('give back what any client put in, however it arrives', async () => {
    const chunk = fc.uint8Array({ minLength: 8192, maxLength: 8300 });
    const last = fc.uint8Array({ minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 2 }), last, fc.nat(600), async (chunks, end, piece) => {
        const all = [...chunks, end].map((bytes) => Buffer.from(bytes).toString('latin1'));
        const encoded = `${all.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`;
        const whole = all.join('');
        const body = Buffer.from(encoded, 'latin1');
        expect((await decode(body, whole.length, { pieceBytes: piece + 1 })).text).toBe(whole);
      }),
      { numRuns: 30 },
    );
  });

  test('never end in anything but bytes or one of three errors, whatever is mutated', async () => {
    const known = ['taken', 'IncompleteBody', 'InvalidChunkSizeError', 'MalformedTrailerError'];
    await fc.assert(
      fc.asyncProperty(fc.nat(BODY.length - 1), fc.nat(255), async (at, byte) => {
        const mutated = Buffer.from(BODY);
        mutated[at] = byte;
        expect(known).toContain(await failure(decode(mutated, 5)));
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodePercent, encodeKey, encodeRfc3986, latin1AsUtf8 } from './url-encoding.ts';

describe('decoding a path', () => {
  test.each([
    ['a%2Fb', 'a/b'],
    ['a%252Fb', 'a%2Fb'],
    ['a+b', 'a+b'],
    ['a//b/../c', 'a//b/../c'],
    ['a%C3%B1o', 'año'],
    ['%F0%9F%A6%8A', '🦊'],
    ['%ef%bb%bfbom', '\ufeffbom'],
    ['%00', '\0'],
  ])('makes %s into what was meant', (raw, text) => {
    expect(decodePercent(raw)).toBe(text);
  });

  test('reads bytes that were not encoded as UTF-8', () => {
    expect(decodePercent(Buffer.from('año', 'utf8').toString('latin1'))).toBe('año');
  });

  test.each(['%', 'a%2', '%zz', '100%', '%FF', '%C3', '%ED%A0%80'])('refuses %s', (raw) => {
    expect(decodePercent(raw)).toBeUndefined();
  });

  test('undoes the encoding of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodePercent(encodeRfc3986(text))).toBe(text);
      }),
    );
  });
});

describe('encoding', () => {
  test('for a signature leaves only letters, digits and -._~', () => {
    expect(encodeRfc3986("aZ09-._~ !*'()/+%ñ")).toBe('aZ09-._~%20%21%2A%27%28%29%2F%2B%25%C3%B1');
  });
});

describe('the encoding of a key', () => {
  test.each([
    ['uploads/red flower.jpg', 'uploads/red+flower.jpg'],
    ['uploads/a+b=c (1)!.png', 'uploads/a%2Bb%3Dc+%281%29%21.png'],
    ["uploads/-_.*~'%2F", 'uploads/-_.*%7E%27%252F'],
    ['uploads//a/🦊', 'uploads//a/%F0%9F%A6%8A'],
  ])('makes %s into %s', (key, encoded) => {
    expect(encodeKey(key)).toBe(encoded);
  });

  test('comes back the same for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(decodePercent(encodeKey(key).replaceAll('+', ' '))).toBe(key);
      }),
    );
  });
});

test('a header that is not UTF-8 is found out', () => {
  expect(latin1AsUtf8('\xe9')).toBeUndefined();
  expect(latin1AsUtf8('\xc3\xa9')).toBe('é');
});

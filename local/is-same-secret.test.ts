import { expect, it } from '@jest/globals';
import { isSameSecret } from './is-same-secret.ts';

it('finds two secrets the same only when every character is', () => {
  expect(isSameSecret('abc', 'abc')).toBe(true);
  expect(isSameSecret('abd', 'abc')).toBe(false);
  expect(isSameSecret('ab', 'abc')).toBe(false);
  expect(isSameSecret('', 'abc')).toBe(false);
  expect(isSameSecret('ñ', 'n~')).toBe(false);
});

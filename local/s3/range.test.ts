import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRange } from './range.ts';

describe('a Range header', () => {
  test.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=0-65535', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['Bytes=5-6', { start: 5, end: 6 }],
    ['bytes= 5 - 6', { start: 5, end: 6 }],
  ])('%s of 100 bytes is %j', (header, range) => {
    expect(parseRange(header, 100)).toEqual(range);
  });

  test.each(['bytes=100-', 'bytes=100-200', 'bytes=-0'])('%s of 100 bytes is out of bounds', (header) => {
    expect(parseRange(header, 100)).toBe('unsatisfiable');
  });

  test.each(['bytes=0-', 'bytes=0-65535', 'bytes=-1'])('%s of an empty object is out of bounds', (header) => {
    expect(parseRange(header, 0)).toBe('unsatisfiable');
  });

  test.each([
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=a-b',
    'bytes=0-1,3-4',
    'items=0-1',
    'bytes=1--2',
  ])('%s is not heeded', (header) => {
    expect(parseRange(header, 100)).toBeUndefined();
  });

  test('never names a byte that is not there', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, last, size) => {
        for (const header of [`bytes=${first}-${last}`, `bytes=${first}-`, `bytes=-${last}`]) {
          const range = parseRange(header, size);
          if (range === undefined || range === 'unsatisfiable') continue;
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeLessThan(size);
        }
      }),
    );
  });
});

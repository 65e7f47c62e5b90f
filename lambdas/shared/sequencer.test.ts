import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { orderOfSequencer } from './sequencer.ts';

const sequencer = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789ABCDEFabcdef')),
  minLength: 1,
  maxLength: 24,
});

describe('the order of a sequencer', () => {
  test('is that of the hexadecimal strings, padded with zeros on the right', () => {
    fc.assert(
      fc.property(sequencer, sequencer, (a, b) => {
        const length = Math.max(a.length, b.length);
        const padded = (text: string) => BigInt(`0x${text.padEnd(length, '0')}`);
        expect(orderOfSequencer(a) < orderOfSequencer(b)).toBe(padded(a) < padded(b));
        expect(orderOfSequencer(a) === orderOfSequencer(b)).toBe(padded(a) === padded(b));
      }),
    );
  });

  test('of another length is no greater for its length: 9 comes after 10', () => {
    expect(orderOfSequencer('9') > orderOfSequencer('10')).toBe(true);
  });

  test.each([undefined, '', '0', '0000000000000000', 'not hex'])('of %j is unknown', (text) => {
    expect(orderOfSequencer(text)).toBe('');
  });
});

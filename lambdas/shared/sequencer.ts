import type { Order } from '../../core/ports.ts';

/**
 * S3 compares the sequencers of one key as hexadecimal strings, the shorter one padded with zeros on the right
 * (Amazon S3 User Guide, "Event message structure"). Without its zeros on the right each one compares so by plain
 * `<`, whatever the lengths; a missing one, all zeros or none of S3's is unknown: `''`.
 */
export function orderOfSequencer(sequencer: string | undefined): Order {
  if (sequencer === undefined || !/^[\da-f]+$/i.test(sequencer)) return '';
  return sequencer.toUpperCase().replace(/0+$/, '');
}

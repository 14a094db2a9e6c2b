import type { Measurement } from '../measurement.ts';

/** What is known of the records of a run once all is over. */
export interface RecordCounts {
  /** Requests that the application got. */
  readonly expected: number;
  /** Records that `tapline verify` accounts for. */
  readonly made: number;
  /** What each sink has got; none of sinks that were not there. */
  readonly arrived: readonly number[];
  /** Requests that the generator may have cut off, at most. The gateway makes a record of one that it has read, even if the application never got it. */
  readonly mayBeCut: number;
  /** `tapline verify` misses nothing, and its sums of bytes agree with those of the sockets. */
  readonly isVerified: boolean;
}

/**
 * Balances records against requests: none fewer than the application got, no more than were cut off on their way, each in every sink exactly once.
 * `found` is the count that is furthest from what was made.
 */
export function balanceRecords({
  expected,
  made,
  arrived,
  mayBeCut,
  isVerified,
}: RecordCounts): NonNullable<Measurement['records']> {
  const found = arrived.reduce((far, one) => (Math.abs(one - made) > Math.abs(far - made) ? one : far), made);
  return {
    expected,
    found,
    isBalanced: isVerified && found === made && found >= expected && found <= expected + mayBeCut,
  };
}

import type { Measurement } from './measurement.ts';

/** Whether a run shows nothing about cost: answers failed, or its records do not balance. */
export function isFaulty({ errors, records }: Measurement): boolean {
  return errors > 0 || records?.isBalanced === false;
}

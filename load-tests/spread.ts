import type { Verdict } from './measurement.ts';

/** Median, lowest and highest of some values, and how many they are. */
export type Spread = NonNullable<Verdict['value']>;

/** The middle value, the mean of both middle ones of an even count; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The spread of values; null of none. */
export function spreadOf(values: readonly number[]): Spread | null {
  const middle = median(values);
  if (middle === null) return null;
  return { median: middle, low: Math.min(...values), high: Math.max(...values), count: values.length };
}

import type { Memory } from '../measurement.ts';

/** Part of a run around a moment that counts as that moment: one sample alone may fall before or behind a collection of garbage. */
const AROUND = 0.05;

/**
 * Memory at the end of a run over memory after a tenth of it, each the median of what lies near. A run of ten minutes: after ten over after one.
 * Null for a run without samples there.
 */
export function rssAfterOverAfterFirstMinute(series: Memory['series']): number | null {
  const end = series.at(-1)?.[0] ?? 0;
  const between = (from: number, to: number): number | null =>
    median(series.filter(([second]) => second >= from * end && second <= to * end).map(([, bytes]) => bytes));
  const early = between(0.1, 0.1 + AROUND);
  const late = between(1 - AROUND, 1);
  return early === null || late === null || early === 0 ? null : Math.round((late / early) * 1000) / 1000;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? null;
}

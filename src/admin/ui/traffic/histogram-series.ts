import type { HistogramBucket, RecordSummary } from '../../api/records/record-summary.ts';
import { formatClockSeconds, formatCount, formatDateTime, formatDuration } from '../parts/format.ts';

type Histogram = RecordSummary['histogram'];

/** What a plot draws: times in ms, and for each the values of every series. */
export interface HistogramSeries {
  readonly times: readonly number[];
  /** Each on top of the others: all, all but what failed, success. */
  readonly stacks: readonly [all: readonly number[], answered: readonly number[], success: readonly number[]];
  /** Milliseconds; null where nothing was measured, and 0 as the smallest that a logarithm takes. */
  readonly latencies: readonly [
    p99: readonly (number | null)[],
    p95: readonly (number | null)[],
    p50: readonly (number | null)[],
  ];
}

const SHORTEST_MS = 0.001;

/** The columns that plots want of the buckets. */
export function histogramSeries({ startMs, stepMs, buckets }: Histogram): HistogramSeries {
  const column = <T>(read: (bucket: HistogramBucket) => T): T[] => buckets.map(read);
  const milliseconds = (nanoseconds: number | null): number | null =>
    nanoseconds === null ? null : Math.max(SHORTEST_MS, nanoseconds / 1e6);
  return {
    times: buckets.map((_, index) => startMs + index * stepMs),
    stacks: [
      column(({ success, clientError, serverError }) => success + clientError + serverError),
      column(({ success, clientError }) => success + clientError),
      column(({ success }) => success),
    ],
    latencies: [
      column(({ p99 }) => milliseconds(p99)),
      column(({ p95 }) => milliseconds(p95)),
      column(({ p50 }) => milliseconds(p50)),
    ],
  };
}

/** Sums over all buckets. */
export function histogramTotals({
  buckets,
}: Histogram): Pick<HistogramBucket, 'success' | 'clientError' | 'serverError' | 'missing'> {
  const totals = { success: 0, clientError: 0, serverError: 0, missing: 0 };
  for (const bucket of buckets)
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += bucket[name];
  return totals;
}

/** The plots in words, for those who do not see them. */
export function histogramText(histogram: Histogram): string {
  const { startMs, stepMs, buckets } = histogram;
  const { success, clientError, serverError, missing } = histogramTotals(histogram);
  if (success + clientError + serverError + missing === 0) return 'No requests in this time.';
  const busiest = buckets.reduce(
    (best, bucket, index) => (requests(bucket) > requests(buckets[best]!) ? index : best),
    0,
  );
  const slowest = buckets.reduce<number | null>(
    (best, { p95 }, index) => (p95 !== null && (best === null || p95 > buckets[best]!.p95!) ? index : best),
    null,
  );
  const at = (index: number): string => formatClockSeconds(startMs + index * stepMs);
  return [
    `From ${formatDateTime(startMs).slice(0, 19)} to ${formatDateTime(startMs + buckets.length * stepMs).slice(0, 19)}:`,
    `${formatCount(success)} succeeded, ${formatCount(clientError)} were refused with 4xx, ${formatCount(serverError)} failed.`,
    ...(missing > 0 ? [`${formatCount(missing)} records are missing.`] : []),
    `Most came at ${at(busiest)}: ${formatCount(requests(buckets[busiest]!))} in ${formatDuration(stepMs * 1e6)}.`,
    ...(slowest === null
      ? []
      : [
          `Slowest at ${at(slowest)}: of 100 answers, 5 took longer than ${formatDuration(buckets[slowest]!.p95!)}.`,
        ]),
  ].join(' ');
}

function requests({ success, clientError, serverError }: HistogramBucket): number {
  return success + clientError + serverError;
}

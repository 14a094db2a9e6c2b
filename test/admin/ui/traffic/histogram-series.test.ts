import test from 'ava';
import {
  histogramSeries,
  histogramText,
  histogramTotals,
} from '../../../../src/admin/ui/traffic/histogram-series.ts';

const EMPTY = { success: 0, clientError: 0, serverError: 0, missing: 0, p50: null, p95: null, p99: null };
const HISTOGRAM = {
  startMs: new Date(2026, 0, 31, 12, 0, 0).getTime(),
  stepMs: 10_000,
  buckets: [
    { ...EMPTY, success: 3, clientError: 2, serverError: 1, p50: 1e6, p95: 2e6, p99: 3e6 },
    EMPTY,
    { ...EMPTY, success: 1, missing: 214, p50: 0, p95: 250e6, p99: 1e9 },
  ],
};

test('columns for plots: stacks that hold each other, and milliseconds that a logarithm takes', (t) => {
  const { times, stacks, latencies } = histogramSeries(HISTOGRAM);
  t.deepEqual(
    times,
    [0, 10_000, 20_000].map((ms) => HISTOGRAM.startMs + ms),
  );
  t.deepEqual(stacks, [
    [6, 0, 1],
    [5, 0, 1],
    [3, 0, 1],
  ]);
  t.deepEqual(latencies, [
    [3, null, 1000],
    [2, null, 250],
    [1, null, 0.001],
  ]);
});

test('totals and words say the same', (t) => {
  t.deepEqual(histogramTotals(HISTOGRAM), { success: 4, clientError: 2, serverError: 1, missing: 214 });
  t.is(
    histogramText(HISTOGRAM),
    'From 2026-01-31 12:00:00 to 2026-01-31 12:00:30: 4 succeeded, 2 were refused with 4xx, 1 failed. 214 records are missing. ' +
      'Most came at 12:00:00: 6 in 10 s. Slowest at 12:00:20: of 100 answers, 5 took longer than 250 ms.',
  );
  t.is(histogramText({ ...HISTOGRAM, buckets: [EMPTY] }), 'No requests in this time.');
});

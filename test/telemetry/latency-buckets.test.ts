import test from 'ava';
import fc from 'fast-check';
import {
  LATENCY_BUCKETS,
  latencyAtShare,
  latencyBucket,
  LONGEST_MS,
  SHORTEST_MS,
} from '../../src/telemetry/latency-buckets.ts';

function countsOf(latencies: readonly number[]): Float64Array {
  const counts = new Float64Array(LATENCY_BUCKETS);
  for (const ms of latencies) counts[latencyBucket(ms)]!++;
  return counts;
}

const latency = fc
  .double({ min: Math.log(SHORTEST_MS), max: Math.log(LONGEST_MS), noNaN: true })
  .map((exponent) => Math.exp(exponent));

test('a percentile is off by 5 % at most, from 10 microseconds to 10 minutes', (t) => {
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, share) => {
        const sorted = all.toSorted((left, right) => left - right);
        const exact = sorted[Math.max(1, Math.ceil(sorted.length * share)) - 1]!;
        const told = latencyAtShare(countsOf(all), share);
        return Math.abs(told - exact) <= exact * 0.05;
      },
    ),
  );
  t.pass();
});

test('a longer latency is never in a lower bucket', (t) => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (left, right) => {
      const [shorter, longer] = left < right ? [left, right] : [right, left];
      const [low, high] = [latencyBucket(shorter), latencyBucket(longer)];
      return low <= high && low >= 0 && high < LATENCY_BUCKETS;
    }),
  );
  t.pass();
});

test('what is no latency is in the first bucket, what is longer than the longest in the last', (t) => {
  for (const ms of [0, -0, -1, -Infinity, NaN, SHORTEST_MS / 10]) t.is(latencyBucket(ms), 0, String(ms));
  for (const ms of [LONGEST_MS, LONGEST_MS * 1000, Infinity]) t.is(latencyBucket(ms), LATENCY_BUCKETS - 1);
  t.true(LATENCY_BUCKETS * 8 < 4096, 'a few KB');
});

test('of nothing there is no percentile', (t) => {
  t.is(latencyAtShare(new Float64Array(LATENCY_BUCKETS), 0.5), NaN);
});

import test from 'ava';
import fc from 'fast-check';
import {
  HealthHistory,
  type HistoryPart,
  MAX_HEALTH_SERIES,
  MAX_SAMPLES,
  SAMPLE_INTERVAL_MS,
} from '../../src/telemetry/health-history.ts';
import type { HealthReading, HealthSeriesName } from '../../src/telemetry/health-reading.ts';
import { LATENCY_BUCKETS, latencyBucket } from '../../src/telemetry/latency-buckets.ts';

const START_MS = 1_700_000_000_000;

function reading(change: Partial<HealthReading> = {}): HealthReading {
  return { gauges: [], counters: [], shares: [], latencies: null, ...change };
}

function valuesOf(
  { series }: HistoryPart,
  name: HealthSeriesName,
  of: string | null = null,
): (number | null)[] {
  return [...(series.find((one) => one.name === name && one.of === of)?.values ?? [])];
}

const requests = (value: number): HealthReading =>
  reading({ counters: [{ name: 'requestRate', of: null, value }] });

test('a counter becomes a rate, a gauge stays, a share is of what has passed since', (t) => {
  const history = new HealthHistory();
  const at = (value: number, rest: number): HealthReading =>
    reading({
      gauges: [{ name: 'pendingBytes', of: 'store', value }],
      counters: [{ name: 'deliveredRate', of: 'store', value }],
      shares: [{ name: 'busyShare', of: 'data-0', value, rest }],
    });
  history.sample(at(100, 100), START_MS, 0);
  history.sample(at(150, 250), START_MS + 5000, 5000);
  history.sample(at(150, 250), START_MS + 10_000, 10_000);
  const all = history.since();
  t.deepEqual(all.timesMs, [START_MS, START_MS + 5000, START_MS + 10_000]);
  t.deepEqual(valuesOf(all, 'pendingBytes', 'store'), [100, 150, 150]);
  t.deepEqual(valuesOf(all, 'deliveredRate', 'store'), [null, 10, 0]);
  t.deepEqual(valuesOf(all, 'busyShare', 'data-0'), [null, 0.25, null], 'of no time there is no share');
  t.is(history.latest('pendingBytes', 'store'), 150);
  t.is(history.latest('busyShare', 'data-0'), null);
  t.is(history.latest('rssBytes'), null);
});

test('latencies are those of the time since the last sample', (t) => {
  const history = new HealthHistory();
  const counts = new Float64Array(LATENCY_BUCKETS);
  counts[latencyBucket(1000)] = 50;
  history.sample(reading({ latencies: counts }), START_MS, 0);
  counts[latencyBucket(1)]! += 98;
  counts[latencyBucket(100)]! += 2;
  history.sample(reading({ latencies: counts }), START_MS + 5000, 5000);
  history.sample(reading({ latencies: counts }), START_MS + 10_000, 10_000);
  const all = history.since();
  const near = (value: number | null | undefined, wanted: number): boolean =>
    t.true(Math.abs(value! - wanted) < wanted * 0.05, `${value} for ${wanted}`);
  near(valuesOf(all, 'latencyP50')[1], 1);
  near(valuesOf(all, 'latencyP95')[1], 1);
  near(valuesOf(all, 'latencyP99')[1], 100);
  t.is(valuesOf(all, 'latencyP50')[0], null, 'of what was before nobody knows when');
  t.is(valuesOf(all, 'latencyP50')[2], null, 'no request, no latency');
});

test('a stall of the sampler is a hole, and so is a total that starts anew', (t) => {
  const history = new HealthHistory();
  history.sample(requests(0), START_MS, 0);
  history.sample(requests(100), START_MS + 5000, 5000);
  history.sample(requests(10_000), START_MS + 65_000, 65_000);
  history.sample(requests(10_050), START_MS + 70_000, 70_000);
  history.sample(requests(3), START_MS + 75_000, 75_000);
  history.sample(requests(8), START_MS + 80_000, 80_000);
  const all = history.since();
  t.deepEqual(valuesOf(all, 'requestRate'), [null, 20, null, null, 10, null, 1]);
  t.deepEqual(
    all.timesMs.map((ms) => ms - START_MS),
    [0, 5000, 10_000, 65_000, 70_000, 75_000, 80_000],
  );
});

test('the wall clock may be set: times go on rising, and rates are of the time that has passed', (t) => {
  const history = new HealthHistory();
  history.sample(requests(0), START_MS, 0);
  history.sample(requests(50), START_MS + 5000, 5000);
  const back = START_MS - 3_600_000;
  history.sample(requests(100), back + 10_000, 10_000);
  let all = history.since();
  t.deepEqual(
    all.timesMs.map((ms) => ms - back),
    [0, 5000, 10_000],
    'what was before is as long ago as it was',
  );
  t.deepEqual(valuesOf(all, 'requestRate'), [null, 10, 10]);
  history.sample(requests(150), back + 615_000, 15_000);
  all = history.since();
  t.deepEqual(
    valuesOf(all, 'requestRate'),
    [null, 10, 10, null, 10],
    'set forward: a hole where no time was',
  );
  t.deepEqual(
    all.timesMs,
    all.timesMs.toSorted((left, right) => left - right),
  );
});

test('an hour is kept, the increment is what is newer', (t) => {
  const history = new HealthHistory();
  for (let index = 0; index < MAX_SAMPLES + 10; index++)
    history.sample(requests(index * 5), START_MS + index * 5000, index * 5000);
  const all = history.since();
  t.is(all.timesMs.length, MAX_SAMPLES);
  t.is(all.timesMs[0], START_MS + 10 * 5000);
  t.true(valuesOf(all, 'requestRate').every((rate) => rate === 1));
  const part = history.since(all.timesMs.at(-3));
  t.deepEqual(part.timesMs, all.timesMs.slice(-2));
  t.deepEqual(valuesOf(part, 'requestRate'), [1, 1]);
  t.deepEqual(history.since(all.timesMs.at(-1)).timesMs, []);
});

test('a sample too soon is ignored', (t) => {
  const history = new HealthHistory();
  history.sample(requests(0), START_MS, 0);
  history.sample(requests(100), START_MS + 10, 10);
  history.sample(requests(500), START_MS + 5000, 5000);
  t.deepEqual(valuesOf(history.since(), 'requestRate'), [null, 100]);
});

test('series are bounded, and it is told that some are left out', (t) => {
  const history = new HealthHistory();
  const gauges = Array.from({ length: MAX_HEALTH_SERIES + 1 }, (_, index) => ({
    name: 'lagSeconds' as const,
    of: `sink-${index}`,
    value: index,
  }));
  history.sample(reading({ gauges: gauges.slice(1) }), START_MS, 0);
  t.false(history.hasLeftOut);
  history.sample(reading({ gauges }), START_MS + 5000, 5000);
  t.true(history.hasLeftOut);
  const all = history.since();
  t.is(all.series.length, MAX_HEALTH_SERIES);
  t.deepEqual(valuesOf(all, 'lagSeconds', 'sink-1'), [1, 1]);
});

/** What a sampler may live through between two samples. */
const step = fc.record({
  elapsedMs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 4900, max: 5400 }) },
    fc.integer({ min: 1, max: 3000 }),
    fc.integer({ min: 7600, max: 10_000_000 }),
  ),
  setByMs: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    fc.integer({ min: -5_000_000, max: 5_000_000 }),
  ),
  risenBy: fc.integer({ min: 0, max: 100_000 }),
  isReset: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
  gauge: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
});

test('under random samples, stalls, resets and settings of the clock it says what a plain list would say', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 900 }), (steps) => {
      const history = new HealthHistory();
      // The model: every sample that counts, in full, and what a plot may say of it.
      const model: { timeMs: number; rate: number | null; gauge: number | null }[] = [];
      let [wallMs, monotonicMs, total] = [START_MS, 0, 0];
      let last: { wallMs: number; monotonicMs: number; total: number } | null = null;
      for (const { elapsedMs, setByMs, risenBy, isReset, gauge } of steps) {
        monotonicMs += elapsedMs;
        wallMs += elapsedMs + setByMs;
        total = isReset ? Math.min(risenBy, total) : total + risenBy;
        history.sample(
          reading({
            counters: [{ name: 'requestRate', of: null, value: total }],
            gauges: gauge === null ? [] : [{ name: 'rssBytes', of: null, value: gauge }],
          }),
          wallMs,
          monotonicMs,
        );
        const passedMs = last === null ? 0 : monotonicMs - last.monotonicMs;
        if (last !== null && passedMs < SAMPLE_INTERVAL_MS / 2) continue;
        let rate: number | null = null;
        if (last !== null) {
          const moved = wallMs - last.wallMs - passedMs;
          if (moved < -1000) for (const one of model) one.timeMs += moved;
          const isHole =
            passedMs > SAMPLE_INTERVAL_MS * 1.5 || wallMs - model.at(-1)!.timeMs > SAMPLE_INTERVAL_MS * 1.5;
          if (isHole)
            model.push({ timeMs: model.at(-1)!.timeMs + SAMPLE_INTERVAL_MS, rate: null, gauge: null });
          if (passedMs <= SAMPLE_INTERVAL_MS * 1.5 && total >= last.total)
            rate = ((total - last.total) / passedMs) * 1000;
        }
        model.push({ timeMs: Math.max(wallMs, (model.at(-1)?.timeMs ?? -Infinity) + 1), rate, gauge });
        last = { wallMs, monotonicMs, total };
      }
      const shown = model
        .slice(-MAX_SAMPLES)
        .filter(({ timeMs }) => timeMs >= model.at(-1)!.timeMs - MAX_SAMPLES * SAMPLE_INTERVAL_MS);
      const all = history.since();
      const times = shown.map(({ timeMs }) => timeMs);
      if (JSON.stringify(times) !== JSON.stringify(all.timesMs)) return false;
      const rates = valuesOf(all, 'requestRate');
      const gauges = valuesOf(all, 'rssBytes');
      return shown.every(
        ({ rate, gauge }, index) =>
          (rate === null ? rates[index] === null : Math.abs(rates[index]! - rate) <= rate * 1e-5) &&
          (gauges[index] ?? null) === gauge,
      );
    }),
    { numRuns: 200 },
  );
  t.pass();
});

import test from 'ava';
import fc from 'fast-check';
import { METRICS, type MetricDeclaration } from '../../src/telemetry/metric-declarations.ts';
import { MAX_SERIES } from '../../src/telemetry/metric.ts';
import { type MetricSnapshot, MetricRegistry } from '../../src/telemetry/metric-registry.ts';

const COUNTER: MetricDeclaration = {
  name: 'c',
  kind: 'counter',
  unit: '1',
  description: '',
  attributes: ['a', 'b'],
};
const GAUGE: MetricDeclaration = { ...COUNTER, name: 'g', kind: 'gauge' };
const HISTOGRAM: MetricDeclaration = { ...COUNTER, name: 'h', kind: 'histogram', buckets: [0, 1, 10] };
const ALL = { counter: COUNTER, gauge: GAUGE, histogram: HISTOGRAM };

const attributes = fc.record({
  a: fc.constantFrom('', 'x', '1:x', '\u0000'),
  b: fc.constantFrom('', 'x', '0:', '\u0000'),
});
const step = fc.record({
  thread: fc.constantFrom('main', 'data-0', 'data-1'),
  kind: fc.constantFrom('counter' as const, 'gauge' as const, 'histogram' as const),
  attributes,
  value: fc.oneof(fc.nat(20), fc.constantFrom(Number.NaN, Infinity, -1)),
});

/** What a series should hold, by the simplest means: every value that was given to it. */
class Model {
  readonly values = new Map<string, number[]>();

  take(thread: string, kind: string, a: string, b: string, value: number): void {
    const key = JSON.stringify([kind, a, b, thread]);
    this.values.set(key, [...(this.values.get(key) ?? []), value]);
  }

  /** By kind and attributes, over all threads. */
  sums(): Record<string, { value: number; count: number; sum: number }> {
    const sums: Record<string, { value: number; count: number; sum: number }> = {};
    for (const [key, values] of this.values) {
      const [kind, a, b] = JSON.parse(key) as [string, string, string];
      const sum = (sums[JSON.stringify([kind, a, b])] ??= { value: 0, count: 0, sum: 0 });
      const finite = values.filter((value) => Number.isFinite(value));
      const total = (list: readonly number[]): number => list.reduce((left, right) => left + right, 0);
      if (kind === 'gauge') sum.value += finite.at(-1) ?? 0;
      if (kind === 'counter') sum.value += total(finite.filter((value) => value > 0));
      if (kind === 'histogram') {
        sum.count += finite.length;
        sum.sum += total(finite);
      }
    }
    return sums;
  }
}

function shown(
  snapshots: readonly MetricSnapshot[],
): Record<string, { value: number; count: number; sum: number }> {
  return Object.fromEntries(
    snapshots.flatMap(({ declaration, series }) =>
      series.map((one) => [
        JSON.stringify([declaration.kind, one.attributes['a'] ?? '', one.attributes['b'] ?? '']),
        { value: one.value, count: one.counts?.reduce((left, right) => left + right, 0) ?? 0, sum: one.sum },
      ]),
    ),
  );
}

test('whatever the threads count, the main thread has the sum', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model();
      const registries = {
        main: new MetricRegistry(),
        'data-0': new MetricRegistry(),
        'data-1': new MetricRegistry(),
      };
      for (const { thread, kind, attributes: given, value } of steps) {
        const metric = registries[thread].metric(ALL[kind]);
        if (kind === 'counter') metric.add(value, given);
        else if (kind === 'gauge') metric.set(value, given);
        else metric.record(value, given);
        model.take(thread, kind, given.a, given.b, value);
        // Snapshots replace what the thread said before, however many there are.
        if (thread !== 'main') registries.main.take(thread, structuredClone(registries[thread].collect()));
      }
      t.deepEqual(shown(registries.main.collect()), model.sums());
    }),
  );
});

test('a value goes into the first bucket whose bound it does not exceed', (t) => {
  const registry = new MetricRegistry();
  for (const value of [-1, 0, 0.5, 1, 1.01, 10, 11]) registry.metric(HISTOGRAM).record(value);
  t.deepEqual(registry.collect()[0]!.series[0]!.counts, [2, 2, 2, 1]);
});

test('beyond the bound all further attributes share one series', (t) => {
  const registry = new MetricRegistry();
  const metric = registry.metric(COUNTER);
  for (let index = 0; index < MAX_SERIES + 500; index++) metric.add(1, { a: `${index}` });
  metric.add(1, { a: '0' });
  const series = metric.series();
  t.is(series.length, MAX_SERIES + 1);
  t.deepEqual(series.at(-1), {
    attributes: { 'otel.metric.overflow': 'true' },
    value: 500,
    counts: null,
    sum: 0,
  });
  t.is(series[0]!.value, 2, 'those that were there before still count');
  const main = new MetricRegistry();
  main.take('data-0', registry.collect());
  main.take('data-1', registry.collect());
  const both = main.collect()[0]!.series;
  t.is(both.length, MAX_SERIES + 1);
  t.is(both.at(-1)!.value, 1000);
});

test('attributes that are not declared tell nothing apart and are not shown', (t) => {
  const registry = new MetricRegistry();
  registry.metric(COUNTER).add(1, { a: 'x', secret: 'one' });
  registry.metric(COUNTER).add(1, { a: 'x', secret: 'two' });
  t.deepEqual(registry.metric(COUNTER).series(), [
    { attributes: { a: 'x' }, value: 2, counts: null, sum: 0 },
  ]);
});

test('a thread that has ended leaves its counts and takes its gauges along', (t) => {
  const main = new MetricRegistry();
  const thread = new MetricRegistry();
  thread.metric(COUNTER).add(5);
  thread.metric(GAUGE).set(7);
  thread.metric(HISTOGRAM).record(1);
  main.take('data-0', thread.collect());
  main.retire('data-0');
  main.retire('never-seen');
  t.deepEqual(
    main.collect().map(({ declaration }) => declaration.name),
    ['c', 'h'],
  );
});

test('a snapshot does not change when counting goes on', (t) => {
  const registry = new MetricRegistry();
  registry.metric(HISTOGRAM).record(1);
  const before = registry.collect();
  const copy = structuredClone(before);
  registry.metric(HISTOGRAM).record(1);
  t.deepEqual(before, copy);
});

test('what is looked up is looked up at each collection, until it is stopped', (t) => {
  const registry = new MetricRegistry();
  let looks = 0;
  const stop = registry.onCollect(() => registry.metric(GAUGE).set(++looks));
  registry.collect();
  registry.collect();
  stop();
  t.is(registry.collect()[0]!.series[0]!.value, 2);
});

test('buckets rise, and every metric of a histogram has some', (t) => {
  for (const declaration of Object.values(METRICS) as MetricDeclaration[]) {
    t.is(declaration.kind === 'histogram', declaration.buckets !== undefined, declaration.name);
    const buckets = declaration.buckets ?? [];
    t.deepEqual(
      [...buckets],
      [...new Set(buckets)].sort((left, right) => left - right),
    );
  }
});

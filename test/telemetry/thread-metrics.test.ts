import test from 'ava';
import { METRICS, type MetricDeclaration } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry, type Series } from '../../src/telemetry/metric-registry.ts';
import { observeThread } from '../../src/telemetry/thread-metrics.ts';

function seriesOf(registry: MetricRegistry, { name }: MetricDeclaration): readonly Series[] {
  return registry.collect().find(({ declaration }) => declaration.name === name)!.series;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('pauses for garbage are counted by their kind, from zero on', async (t) => {
  const registry = new MetricRegistry();
  t.teardown(observeThread(registry, 'data-3'));
  const counted = (): Record<string, number> =>
    Object.fromEntries(
      seriesOf(registry, METRICS.collectionDuration).map(({ attributes, counts }) => {
        t.is(attributes['tapline.thread'], 'data-3');
        return [attributes['v8js.gc.type'], counts!.reduce((sum, count) => sum + count, 0)];
      }),
    );
  t.deepEqual(counted(), { minor: 0, major: 0 });
  let kept: object[] = [];
  while (counted()['minor'] === 0 || counted()['major'] === 0) {
    // Some of it lives long enough to be old.
    if (kept.length > 1_000_000) kept = [];
    for (let index = 0; index < 100_000; index++) kept.push({ index });
    await turn();
  }
  const sums = seriesOf(registry, METRICS.collectionDuration).map(({ sum }) => sum);
  t.true(
    sums.every((sum) => sum > 0 && sum < 60),
    'in seconds',
  );
});

test('the heap by space: what is used is within what is taken', (t) => {
  const registry = new MetricRegistry();
  t.teardown(observeThread(registry, 'main'));
  const bySpace = (declaration: MetricDeclaration): Map<string, number> =>
    new Map(
      seriesOf(registry, declaration).map(({ attributes, value }) => [
        attributes['v8js.heap.space.name']!,
        value,
      ]),
    );
  const limits = bySpace(METRICS.heapLimit);
  const used = bySpace(METRICS.heapUsed);
  t.true(limits.has('new_space') && limits.has('old_space'));
  t.deepEqual([...used.keys()], [...limits.keys()]);
  t.true([...limits.values()].every((bytes) => bytes > 0));
  t.true([...used].every(([space, bytes]) => bytes <= limits.get(space)!));
});

test('a thread that works is active', (t) => {
  const registry = new MetricRegistry();
  t.teardown(observeThread(registry, 'main'));
  const active = (): number =>
    seriesOf(registry, METRICS.eventLoopTime).find(
      ({ attributes }) => attributes['nodejs.eventloop.state'] === 'active',
    )!.value;
  const before = active();
  const until = performance.now() + 50;
  while (performance.now() < until);
  t.true(active() >= before + 0.05, 'in seconds');
});

test('a thread that is not observed any more is not looked at', (t) => {
  const registry = new MetricRegistry();
  const stop = observeThread(registry, 'main');
  const before = registry.collect();
  stop();
  t.deepEqual(registry.collect(), before);
});

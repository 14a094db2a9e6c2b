import test from 'ava';
import { EventLoopDelay } from '../../src/telemetry/event-loop-delay.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { observeProcess } from '../../src/telemetry/process-metrics.ts';

test('memory, CPU time and event loop of the process', (t) => {
  const registry = new MetricRegistry();
  const stop = observeProcess(registry);
  const values = (): Record<string, number> =>
    Object.fromEntries(
      registry
        .collect()
        .flatMap(({ declaration, series }) =>
          series.map(({ attributes, value }) => [
            [declaration.name, ...Object.values(attributes)].join(' '),
            value,
          ]),
        ),
    );
  const before = values();
  t.deepEqual(Object.keys(before), [
    'process.memory.usage',
    'process.cpu.time user',
    'process.cpu.time system',
    'nodejs.eventloop.delay.p99 main',
  ]);
  t.true(before['process.memory.usage']! > 10_000_000);
  t.true(before['process.cpu.time user']! > 0.01);
  const cpu = process.cpuUsage();
  while (process.cpuUsage(cpu).user < 20_000);
  const after = values();
  t.true(after['process.cpu.time user']! >= before['process.cpu.time user']! + 0.02, 'in seconds');
  stop();
  t.deepEqual(values(), after, 'nothing is looked up any more');
});

test('a loop that is held is late, as long as it was held', async (t) => {
  const delay = new EventLoopDelay();
  t.teardown(() => delay.stop());
  t.is(delay.p99Seconds, 0, 'nothing is known yet');
  const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
  await tick();
  const until = performance.now() + 400;
  while (performance.now() < until);
  await tick();
  t.true(delay.p99Seconds > 0.3, `${delay.p99Seconds} s`);
});

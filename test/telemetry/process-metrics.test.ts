import test from 'ava';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { observeProcess } from '../../src/telemetry/process-metrics.ts';

test('memory and CPU time of the process, and its main thread', (t) => {
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
  for (const name of [
    'process.memory.usage',
    'process.cpu.time user',
    'process.cpu.time system',
    'nodejs.eventloop.delay.p99 main',
  ])
    t.true(name in before, name);
  t.true(before['process.memory.usage']! > 10_000_000);
  t.true(before['process.cpu.time user']! > 0.01);
  const cpu = process.cpuUsage();
  while (process.cpuUsage(cpu).user < 20_000);
  const after = values();
  t.true(after['process.cpu.time user']! >= before['process.cpu.time user']! + 0.02, 'in seconds');
  stop();
  t.deepEqual(values(), after, 'nothing is looked up any more');
});

import test from 'ava';
import { healthFromMetrics } from '../../src/telemetry/health-from-metrics.ts';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';

test('sinks and spool as delivery counts them', (t) => {
  const registry = new MetricRegistry();
  t.deepEqual(healthFromMetrics(registry.collect()), { sinks: [], spool: null });
  const state = registry.metric(METRICS.sinkState);
  state.set(1, { 'tapline.sink': 'store', 'tapline.state': 'delivering' });
  state.set(0, { 'tapline.sink': 'elasticsearch', 'tapline.state': 'delivering' });
  state.set(1, { 'tapline.sink': 'elasticsearch', 'tapline.state': 'starting' });
  registry.metric(METRICS.sinkPendingBytes).set(5, { 'tapline.sink': 'elasticsearch' });
  registry.metric(METRICS.sinkLag).set(1.5, { 'tapline.sink': 'elasticsearch' });
  registry.metric(METRICS.spoolBytes).set(5);
  registry.metric(METRICS.spoolLimit).set(100);
  t.deepEqual(healthFromMetrics(registry.collect()), {
    sinks: [
      { name: 'store', state: 'delivering', isStarting: false, reason: null, pendingBytes: 0, lagSeconds: 0 },
      {
        name: 'elasticsearch',
        state: 'starting',
        isStarting: true,
        reason: null,
        pendingBytes: 5,
        lagSeconds: 1.5,
      },
    ],
    spool: { usedBytes: 5, limitBytes: 100 },
  });
});

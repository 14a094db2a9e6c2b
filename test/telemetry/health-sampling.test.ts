import test from 'ava';
import { HealthSampling } from '../../src/telemetry/health-sampling.ts';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { TrafficTotals } from '../../src/telemetry/traffic-totals.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

test('every five seconds it keeps what is told, until it is stopped', (t) => {
  const clock = new VirtualClock();
  const registry = new MetricRegistry();
  const traffic = new TrafficTotals();
  const sink = { 'tapline.sink': 'store' };
  const thread = { 'tapline.thread': 'data-0' };
  const loop = registry.metric(METRICS.eventLoopTime);
  const sampling = new HealthSampling(() => registry.collect(), [traffic], clock);
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 10; index++)
      traffic.count(2, index === 0 ? 'error' : index === 1 ? 'clientError' : 'ok');
    registry.metric(METRICS.sinkDelivered).add(15, sink);
    registry.metric(METRICS.sinkPendingBytes).set(1000 + round, sink);
    registry.metric(METRICS.connectionsOpen).set(round, thread);
    loop.add(1, { ...thread, 'nodejs.eventloop.state': 'active' });
    loop.add(3, { ...thread, 'nodejs.eventloop.state': 'idle' });
    clock.advance(5000);
  }
  const { history } = sampling;
  t.is(history.since().timesMs.length, 4);
  t.is(history.latest('requestRate'), 2);
  t.is(history.latest('errorRate'), 0.2);
  t.is(history.latest('clientErrorRate'), 0.2);
  t.true(Math.abs(history.latest('latencyP99')! - 2) < 0.1);
  t.is(history.latest('deliveredRate', 'store'), 3);
  t.is(history.latest('pendingBytes', 'store'), 1002);
  t.is(history.latest('connections', 'data-0'), 2);
  t.is(history.latest('busyShare', 'data-0'), 0.25);
  sampling.stop();
  sampling.stop();
  t.is(clock.pending, 0);
});

test('where nobody looks at requests there is no rate of them, instead of one that is 0', (t) => {
  const clock = new VirtualClock();
  const registry = new MetricRegistry();
  registry.metric(METRICS.memory).set(5);
  const { history } = new HealthSampling(() => registry.collect(), null, clock);
  clock.advance(10_000);
  t.deepEqual(
    history.since().series.map(({ name }) => name),
    ['rssBytes'],
  );
});

import test from 'ava';
import { LATENCY_BUCKETS, latencyBucket } from '../../src/telemetry/latency-buckets.ts';
import { sumOfTraffic, TrafficTotals } from '../../src/telemetry/traffic-totals.ts';

test('whoever has the memory sees what was counted; several threads add up', (t) => {
  const [first, second] = [new TrafficTotals(), new TrafficTotals()];
  const seen = [new TrafficTotals(first.memory), new TrafficTotals(second.memory)];
  t.like(sumOfTraffic(seen), { requests: 0, errors: 0, clientErrors: 0 });
  first.count(1, 'ok');
  first.count(1, 'error');
  second.count(200, 'clientError');
  const sum = sumOfTraffic(seen);
  t.like(sum, { requests: 3, errors: 1, clientErrors: 1 });
  t.is(sum.latencies.length, LATENCY_BUCKETS);
  t.is(sum.latencies[latencyBucket(1)], 2);
  t.is(sum.latencies[latencyBucket(200)], 1);
  t.true(first.memory.byteLength < 4096);
});

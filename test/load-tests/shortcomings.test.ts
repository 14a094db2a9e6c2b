import test from 'ava';
import type { Measurement } from '../../load-tests/measurement.ts';
import { boundByLoad, disturbance, lateRates, missingTools } from '../../load-tests/shortcomings.ts';
import { NO_TOOLS } from '../../load-tests/tools.ts';

const LATENCY = { p50: 1, p90: 1, p99: 1, p999: 1, p9999: 1, max: 1, curve: [] };
const measured = (more: Partial<Measurement>): Measurement => ({
  scenario: 'reference',
  subject: 'nginx',
  load: { kind: 'full-speed', connections: 50 },
  repetition: 1,
  seconds: 1,
  requests: 1000,
  errors: 0,
  requestsPerSecond: 1000,
  latencyMs: LATENCY,
  cpu: { perRequest: 1, byThread: {} },
  memory: { rssStartBytes: 1, rssPeakBytes: 1, rssEndBytes: 1, series: [] },
  eventLoopDelayMs: null,
  collectionPauses: null,
  records: null,
  loadShare: 0,
  extra: {},
  ...more,
});

test('each tool that is missing is named', (t) => {
  t.is(missingTools(NO_TOOLS).length, 3);
  t.deepEqual(missingTools({ nginx: ['n'], haproxy: null, wrk: ['w'], vegeta: ['v'] }), []);
});

test('a rate that was not kept is named', (t) => {
  const load = { kind: 'constant-rate', connections: 50, perSecond: 1000 } as const;
  t.deepEqual(
    lateRates([measured({ load, requestsPerSecond: 990 }), measured({ requestsPerSecond: 1 })]),
    [],
  );
  t.regex(lateRates([measured({ load, requestsPerSecond: 900 })])[0]!, /1000\/s was not kept \(900\/s\)/);
});

test('a throughput that is about that without a subject is named once', (t) => {
  const direct = measured({ subject: 'direct', requestsPerSecond: 1000 });
  const nginx = measured({ requestsPerSecond: 950 });
  t.deepEqual(boundByLoad([direct, nginx, nginx, measured({ subject: 'haproxy', requestsPerSecond: 500 })]), [
    'reference, nginx: throughput, since the load alone makes no more',
  ]);
  t.deepEqual(boundByLoad([nginx]), []);
});

test('other programs are named where they took much', (t) => {
  t.deepEqual(disturbance([measured({ extra: { strangersShare: 0.01 } })]), []);
  t.deepEqual(disturbance([measured({ extra: { strangersShare: 0.4 } })]), [
    'a quiet machine: other programs took 40 % of its time',
  ]);
});

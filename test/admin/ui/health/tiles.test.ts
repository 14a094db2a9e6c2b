import test from 'ava';
import type { HealthView } from '../../../../src/admin/api/health/health-view.ts';
import { tilesOf } from '../../../../src/admin/ui/health/tiles.ts';
import { healthOf, seriesOf, sinkOf } from './health-fixture.ts';

function told(view: HealthView): Record<string, string> {
  return Object.fromEntries(
    tilesOf(view).map(({ title, value, more, isBad }) => [
      title,
      `${value} | ${more}${isBad ? ' | bad' : ''}`,
    ]),
  );
}

test('the figures of now', (t) => {
  const view = healthOf({}, [
    seriesOf('requestRate', [10, 20, 30]),
    seriesOf('errorRate', [0, 0, 6]),
    seriesOf('clientErrorRate', [1, 1, 1]),
    seriesOf('latencyP50', [1, 2, null]),
    seriesOf('latencyP99', [10, 20, null]),
  ]);
  t.deepEqual(told(view), {
    Requests: '30/s | 1,000 since the start',
    Errors: '10 % | 5xx and failures; 4xx 1/s | bad',
    'Latency p99': '20 ms | p50 2 ms, at 14:29:55',
    Waiting: '0 B | every sink has all',
    'Records lost': '0 | of 1,000 since the start',
    Connections: '12 | open now',
    Memory: '150 MiB | resident; heaps 40 MiB',
  });
});

test('what is bad is marked', (t) => {
  const { totals, memory } = healthOf();
  const view = healthOf({
    sinks: [sinkOf(), sinkOf({ waitingBytes: 2048, lagSeconds: 30 })],
    totals: { ...totals, recordsDropped: { 'spool-full': 3 }, connectionsRefused: 7 },
    memory: { ...memory, rssBytes: null },
  });
  t.like(told(view), {
    Requests: '– | 1,000 since the start',
    'Latency p99': '– | no request in the last minute',
    Waiting: '2 KiB | oldest 30 s | bad',
    'Records lost': '3 | of 1,000 since the start | bad',
    Connections: '12 | open now; 7 refused | bad',
    Memory: '– | resident; heaps 40 MiB',
  });
});

test('what is not counted is not shown as none', (t) => {
  const { totals } = healthOf();
  const view = healthOf({ recording: 'none', sinks: [], spool: null, totals: { ...totals, requests: null } });
  t.like(told(view), {
    Requests: '– | not counted',
    Errors: '– | not counted',
    'Latency p99': '– | not counted',
    Waiting: '– | no sink',
    'Records lost': '– | none are made',
  });
});

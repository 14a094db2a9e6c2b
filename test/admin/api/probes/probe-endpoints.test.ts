import test from 'ava';
import { probeEndpoints, type ProbeSources } from '../../../../src/admin/api/probes/probe-endpoints.ts';
import type { AdminAnswer } from '../../../../src/admin/endpoint.ts';
import type { HealthReport, SinkHealth } from '../../../../src/telemetry/health-report.ts';
import { METRICS } from '../../../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../../../src/telemetry/metric-registry.ts';
import { askEndpoint } from '../../../support/ask-endpoint.ts';
import { parsePrometheusText } from '../../../support/prometheus-text.ts';

const SINK: SinkHealth = {
  name: 'store',
  state: 'delivering',
  isStarting: false,
  reason: null,
  pendingBytes: 0,
  lagSeconds: 0,
  troubleSinceMs: null,
  lastError: null,
  inFlightBytes: 0,
};
const WELL: HealthReport = {
  state: 'running',
  threads: [{ name: 'data-0', isAlive: true }],
  sinks: [SINK],
  spool: { usedBytes: 10, limitBytes: 100 },
};

function probe(path: string, sources: Partial<ProbeSources> = {}): Promise<AdminAnswer> {
  return askEndpoint(probeEndpoints({ metrics: () => [], health: () => WELL, ...sources }), 'GET', path);
}

test('/metrics is a page of Prometheus', async (t) => {
  const registry = new MetricRegistry();
  registry.metric(METRICS.recordsAccepted).add(2);
  const { status, headers, body } = await probe('/metrics', { metrics: () => registry.collect() });
  t.is(status, 200);
  t.is(headers?.['Content-Type'], 'text/plain; version=0.0.4; charset=utf-8');
  t.deepEqual(parsePrometheusText(body as string).samples, [
    { name: 'tapline_records_accepted_total', labels: {}, value: 2 },
  ]);
});

test('/healthz is ok while every data thread lives', async (t) => {
  t.like(await probe('/healthz'), { status: 200, body: 'ok\n' });
  const dead = () => ({ ...WELL, threads: [...WELL.threads, { name: 'data-1', isAlive: false }] });
  t.like(await probe('/healthz', { health: dead }), {
    status: 503,
    body: 'data thread data-1 has ended; the log says why\n',
  });
  t.is((await probe('/readyz', { health: dead })).status, 503);
});

test('/readyz: not before the ports are bound and each sink has been tried, nor while stopping', async (t) => {
  const reasons = async (report: HealthReport): Promise<[number, string[]]> => {
    const { status, body } = await probe('/readyz', { health: () => report });
    return [status, (JSON.parse(body as string) as { reasons: string[] }).reasons];
  };
  t.deepEqual(await reasons({ ...WELL, state: 'starting' }), [503, ['the gateway is starting']]);
  t.deepEqual(
    await reasons({
      ...WELL,
      sinks: [{ ...SINK, name: 'elasticsearch', state: 'starting', isStarting: true }],
    }),
    [503, ['sink elasticsearch is being started']],
  );
  t.deepEqual(await reasons({ ...WELL, state: 'stopping', threads: [{ name: 'data-0', isAlive: false }] }), [
    503,
    ['the gateway is stopping'],
  ]);
  t.deepEqual(await reasons({ ...WELL, state: 'idle' }), [503, ['no program runs: start one in the page']]);
  t.deepEqual(await reasons(WELL), [200, []]);
});

test('/readyz: a dead sink and a full spool are told of, but traffic goes on', async (t) => {
  const paused = { ...SINK, name: 'elasticsearch', state: 'paused', reason: 'the API key is refused' };
  const { status, body } = await probe('/readyz', {
    health: () => ({ ...WELL, sinks: [SINK, paused], spool: { usedBytes: 93, limitBytes: 100 } }),
  });
  t.is(status, 200);
  t.deepEqual(JSON.parse(body as string), {
    status: 'ready',
    reasons: [],
    warnings: [
      'sink elasticsearch is paused: the API key is refused',
      'the spool is 93 % full (--spool-size): beyond it records are dropped; find out which sink does not take them',
    ],
    threads: [{ name: 'data-0', isAlive: true }],
    sinks: [SINK, paused],
    spool: { usedBytes: 93, limitBytes: 100, fill: 0.93 },
  });
});

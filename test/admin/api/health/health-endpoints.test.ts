import { mkdtemp, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type ExecutionContext } from 'ava';
import type { AdminRequest, Endpoint } from '../../../../src/admin/endpoint.ts';
import {
  HEALTH,
  healthEndpoints,
  METRICS_AS_JSON,
} from '../../../../src/admin/api/health/health-endpoints.ts';
import type { HealthView, SinkView } from '../../../../src/admin/api/health/health-view.ts';
import type { HistogramView, MetricsView } from '../../../../src/admin/api/health/metrics-view.ts';
import { readOptions } from '../../../../src/config/read-options.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import { startGateway } from '../../../../src/gateway/gateway.ts';
import { builtInProgram } from '../../../../src/gateway/program-source.ts';
import { systemClock } from '../../../../src/gateway/system-clock.ts';
import { HealthSampling } from '../../../../src/telemetry/health-sampling.ts';
import { observeProcess } from '../../../../src/telemetry/process-metrics.ts';
import { MetricRegistry } from '../../../../src/telemetry/metric-registry.ts';
import { answering, connectClient, OK, startUpstream } from '../../../support/fixture.ts';
import { quiet } from '../../../support/records.ts';
import { startSwitchedReceiver } from '../../../support/switched-receiver.ts';

const NOT_FOUND = 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n';
const FAILED = 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n';

interface World {
  readonly ask: (target?: string) => Promise<{ status: number; body: HealthView }>;
  readonly metrics: () => Promise<MetricsView>;
  /** Asks until `isSo`; the answer that it was. */
  readonly until: (isSo: (view: HealthView) => boolean) => Promise<HealthView>;
  readonly send: (path: string) => Promise<void>;
  /** Lets the sampler's clock pass five seconds. */
  readonly sample: () => void;
}

async function startWorld(
  t: ExecutionContext,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<World> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tapline-test-'));
  const upstream = await startUpstream(
    t,
    answering((head) => (head.includes('/404') ? NOT_FOUND : head.includes('/503') ? FAILED : OK)),
  );
  const { options } = readOptions({
    argv: [`--upstream=http://${upstream}`, '--listen=127.0.0.1:0', `--data-dir=${dataDir}`, ...args],
    env,
    cwd: dataDir,
  });
  const registry = new MetricRegistry();
  const gateway = await startGateway({
    options,
    program: builtInProgram(options),
    log: quiet,
    env,
    metrics: registry,
  });
  // The sampler's time stands still until the test lets it pass: no stall of the machine is one of it.
  const startMs = systemClock.wallMs();
  let [aheadMs, ring] = [0, (): void => {}];
  const clock: Clock = {
    wallMs: () => startMs + aheadMs,
    monotonicMs: () => aheadMs,
    after: (_delayMs, fn) => {
      ring = fn;
      return { cancel() {}, refresh() {} };
    },
  };
  const traffic = gateway.recording === 'on' ? gateway.traffic : null;
  const sampling = new HealthSampling(() => registry.collect(), traffic, clock);
  const unobserve = observeProcess(registry);
  t.teardown(async () => {
    unobserve();
    await gateway.stop(0);
    await rm(dataDir, { recursive: true, force: true });
  });
  const endpoints = healthEndpoints({
    metrics: () => registry.collect(),
    health: () => gateway.health(),
    history: () => sampling.history,
    traffic: () => traffic,
    recording: () => gateway.recording,
    deliveryBudgetBytes: options.deliveryBudgetBytes,
    startedMs: 1,
    nowMs: () => clock.wallMs(),
  });
  const ask: World['ask'] = (target = '') =>
    answerOf(t, endpoints, HEALTH.path, target) as ReturnType<World['ask']>;
  return {
    ask,
    metrics: async () => (await answerOf(t, endpoints, METRICS_AS_JSON.path, '')).body as MetricsView,
    async until(isSo) {
      for (;;) {
        const { body } = await ask();
        if (isSo(body)) return body;
        await pause(20);
      }
    },
    async send(target) {
      const client = await connectClient(gateway.addresses[0]!.port);
      client.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
      client.socket.end();
      await client.untilClose();
    },
    sample: () => {
      aheadMs += 5000;
      ring();
    },
  };
}

/** Asks an endpoint, and holds its answer to its description. */
async function answerOf(
  t: ExecutionContext,
  endpoints: readonly Endpoint[],
  wanted: string,
  target: string,
): Promise<{ status: number; body: unknown }> {
  const { description, answer } = endpoints.find((one) => one.description.path === wanted)!;
  const { status, headers, body } = await answer({ query: new URLSearchParams(target) } as AdminRequest);
  const told = description.answers[status]!;
  t.is(headers!['Content-Type'], told.contentType);
  const value: unknown = JSON.parse(body as string);
  const ajv = new Ajv2020({ allowUnionTypes: true });
  if (!ajv.validate(told.schema!, value)) t.fail(ajv.errorsText());
  return { status, body: value };
}

const sinkOf = ({ sinks }: HealthView, name: string): SinkView => sinks.find((sink) => sink.name === name)!;
const lastOf = ({ history }: HealthView, name: string, of: string | null = null): number | null =>
  history.series.find((one) => one.name === name && one.of === of)?.values.at(-1) ?? null;

test('a sink that stops is told of with reason and time, and so is what it missed when it is back', async (t) => {
  const receiver = await startSwitchedReceiver(t);
  const { ask, until, send, sample } = await startWorld(t, ['--delivery-interval=10ms'], {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  });
  const name = (await ask()).body.sinks.find((sink) => sink.name.startsWith('otlp'))!.name;
  await send('/');
  const well = await until((view) => view.sinks.every(({ delivered }) => delivered === 1));
  t.is(well.recording, 'on');
  t.deepEqual(well.warnings, []);
  t.like(sinkOf(well, name), { state: 'running', reason: null, troubleSinceMs: null, lastError: null });

  await receiver.stop();
  const stoppedMs = Date.now();
  await send('/404');
  await send('/503');
  const ill = await until(
    (view) => sinkOf(view, name).troubleSinceMs !== null && sinkOf(view, 'store').delivered === 3,
  );
  const sink = sinkOf(ill, name);
  t.is(sink.state, 'backing-off');
  t.regex(sink.reason!, /ECONNREFUSED|refused|hang up|closed/i);
  t.true(sink.troubleSinceMs! >= stoppedMs);
  t.is(sink.lastError!.message, sink.reason!);
  t.true(sink.waitingBytes > 0);
  t.true(ill.warnings.some((warning) => warning.includes(`sink ${name} is backing-off`)));
  t.is(sinkOf(ill, 'store').troubleSinceMs, null, 'the other goes on');
  t.is(ill.spool!.giveUpBytes, Math.floor(ill.spool!.limitBytes * 0.85));
  await until((view) => view.totals.requests === 3);
  sample();
  const sampled = (await ask()).body;
  t.true(lastOf(sampled, 'pendingBytes', name)! > 0);
  t.true(lastOf(sampled, 'lagSeconds', name)! >= 0);
  t.true(lastOf(sampled, 'requestRate')! > 0);
  t.true(lastOf(sampled, 'errorRate')! > 0);
  t.true(lastOf(sampled, 'clientErrorRate')! > 0);
  t.true(lastOf(sampled, 'latencyP99')! >= lastOf(sampled, 'latencyP50')!);
  t.like(sampled.totals, { requests: 3, errors: 1, clientErrors: 1 });

  await receiver.start();
  const back = await until((view) => sinkOf(view, name).delivered === 3);
  t.like(sinkOf(back, name), { state: 'running', reason: null, troubleSinceMs: null });
  t.like(sinkOf(back, name).lastError, { message: sink.lastError!.message }, 'it is not forgotten');
  t.true(sinkOf(back, name).retried > 0);
  sample();
  const since = sampled.history.timesMs.at(-1)!;
  const part = (await ask(`since=${since}`)).body;
  t.is(part.history.timesMs.length, 1, 'only what is newer');
  t.true(part.history.timesMs[0]! > since);
  t.true(lastOf(part, 'deliveredRate', name)! > 0);
  const again = (await ask(`since=${part.history.timesMs[0]!}`)).body;
  t.deepEqual(again.history.timesMs, []);
  t.is(typeof again.threads[0]!.busyShare, 'number', 'what is of now is there without samples, too');
});

test('open connections and sessions are told by data thread, memory against its bounds', async (t) => {
  const { until } = await startWorld(t, ['--threads=2', '--capture-budget=1m', '--delivery-budget=8m']);
  const view = await until(({ threads }) =>
    threads.slice(1).every(({ connections }) => connections !== null),
  );
  t.deepEqual(
    view.threads.map(({ name, isAlive, connections, sessions }) => [
      name,
      isAlive,
      connections,
      typeof sessions,
    ]),
    [
      ['main', true, null, 'object'],
      ['data-0', true, 0, 'number'],
      ['data-1', true, 0, 'number'],
    ],
  );
  t.like(view.memory, { captureLimitBytes: 1024 * 1024, deliveryLimitBytes: 8 * 1024 * 1024 });
  t.true(view.threads.every(({ loopDelay }) => loopDelay !== null && loopDelay.maxSeconds >= 0));
});

test('with capture off requests are not known, instead of none', async (t) => {
  const { until, send, sample } = await startWorld(t, ['--capture=off']);
  await send('/');
  const view = await until(({ totals }) => totals.connectionsAccepted === 1);
  t.is(view.recording, 'off');
  t.like(view.totals, { requests: null, errors: null, clientErrors: null });
  sample();
  t.false((await until(() => true)).history.series.some(({ name }) => name === 'requestRate'));
});

test('a time that is none is refused', async (t) => {
  const { ask } = await startWorld(t, []);
  for (const target of ['since=yesterday', 'since=', 'since=NaN']) t.is((await ask(target)).status, 400);
  t.is((await ask('since=-1')).status, 200);
});

test('/api/metrics says what /metrics says', async (t) => {
  const { metrics, send, until } = await startWorld(t, []);
  await send('/');
  await until(({ sinks }) => sinks[0]!.delivered === 1);
  await until(({ totals }) => totals.recordsAccepted === 1);
  const { metrics: all } = await metrics();
  const duration = all.find(({ name }) => name === 'http.server.request.duration')!;
  t.is(duration.kind, 'histogram');
  const [series] = duration.series as readonly HistogramView[];
  t.is(series!.count, 1);
  t.is(
    series!.buckets.reduce((sum, { count }) => sum + count, 0),
    1,
  );
  t.is(series!.buckets.at(-1)!.atMost, null);
  t.deepEqual(all.find(({ name }) => name === 'tapline.sink.delivered')!.series, [
    { attributes: { 'tapline.sink': 'store' }, value: 1 },
  ]);
});

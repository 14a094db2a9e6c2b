/**
 * What the gateway's own telemetry costs: making a record with its exchange counted against making it without, side by side; a snapshot on its way
 * to the main thread; the page for Prometheus; and the memory of the SDK of OpenTelemetry, with OTLP configured against without.
 *
 *   node load-tests/telemetry-cost.ts         prints a table, writes load-tests/results/telemetry-cost.json
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { RequestHead, ResponseHead } from '../src/codecs/http1/head.ts';
import { systemClock } from '../src/gateway/system-clock.ts';
import { TrafficMetrics } from '../src/gateway/traffic-metrics.ts';
import { newConnectionTotals } from '../src/net/connection-totals.ts';
import { ByteBudget } from '../src/records/byte-budget.ts';
import { Recorder } from '../src/records/recorder.ts';
import { prometheusText } from '../src/telemetry/prometheus-text.ts';

const BUDGETS = { recordRatio: 1.1, snapshotMicroseconds: 2000, pageMicroseconds: 5000, otlpMegabytes: 40 };
const ROUNDS = 40;
const RECORDS = 3000;
const STATUSES = 60;
const ROOT = path.join(import.meta.dirname, '..');

const metrics = new TrafficMetrics({
  thread: 0,
  totals: newConnectionTotals(),
  captureLimitBytes: 1,
  knownMethods: undefined,
});

function newRecorder(isCounting: boolean): Recorder {
  let sequence = 0;
  return new Recorder(
    {
      maxBodyBytes: 65_536,
      maxInflatedBytes: 65_536,
      redact: { headers: [], keys: [] },
      hmacKey: Buffer.alloc(32),
      serviceName: 'load',
      runId: 'run',
      thread: 0,
      hostName: 'host',
      dataset: 'tapline.http',
      namespace: 'default',
      observerVersion: '0',
    },
    {
      clock: systemClock,
      randomBytes,
      nextSequence: () => ++sequence,
      budget: new ByteBudget(1 << 20),
      observer: isCounting ? metrics : null,
    },
  );
}

const HEADERS = [
  'Host',
  'shop.test',
  'Content-Type',
  'application/json',
  'User-Agent',
  'load',
  'Accept',
  '*/*',
];
const BODY = Buffer.from(JSON.stringify({ order: 7, lines: 'x'.repeat(80) }));
const FACTS = {
  id: 1,
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 2,
  tls: null,
  upstream: '127.0.0.1:3',
  scheme: 'http',
} as const;

function record(recorder: Recorder, status = 200): void {
  const exchange = recorder.exchange(FACTS);
  exchange.requestHead(new RequestHead('POST', '/api/orders?id=7', 'HTTP/1.1', HEADERS));
  exchange.requestBody(BODY);
  exchange.requestEnd();
  exchange.responseHead(new ResponseHead('HTTP/1.1', status, 'OK', HEADERS));
  exchange.responseBody(BODY);
  exchange.responseEnd();
  exchange.finish();
}

function microseconds(times: number, fn: () => void): number {
  const begun = process.hrtime.bigint();
  for (let time = 0; time < times; time++) fn();
  return Number(process.hrtime.bigint() - begun) / times / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]!;
}

const counting = newRecorder(true);
const plain = newRecorder(false);
const costs: { counting: number; plain: number }[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const order = round % 2 === 0 ? (['counting', 'plain'] as const) : (['plain', 'counting'] as const);
  const cost = { counting: 0, plain: 0 };
  for (const name of order)
    cost[name] = microseconds(RECORDS, () => record(name === 'counting' ? counting : plain));
  // The first round warms up.
  if (round > 0) costs.push(cost);
}
// What else the machine does only ever adds: the fastest round of each is nearest to what it costs.
const fastest = {
  counting: Math.min(...costs.map((cost) => cost.counting)),
  plain: Math.min(...costs.map((cost) => cost.plain)),
};
for (let status = 200; status < 200 + STATUSES; status++) record(counting, status);
const snapshotMicroseconds = microseconds(200, () => structuredClone(metrics.collect()));
const pageMicroseconds = microseconds(200, () => prometheusText(metrics.collect()));
metrics.stop();

const collector = http.createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-telemetry-'));

/** Resident megabytes of an idle gateway a few seconds after its start. */
async function residentMegabytes(env: Record<string, string>): Promise<number> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      path.join(ROOT, 'src/main.ts'),
      '--upstream=http://127.0.0.1:9',
      '--listen=127.0.0.1:0',
      `--data-dir=${folder}`,
    ],
    { env: { ...process.env, ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await new Promise<void>((resolve) =>
    child.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.includes('Listening')) resolve();
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('close', resolve));
  return kib / 1024;
}

const memory: { with: number[]; without: number[] } = { with: [], without: [] };
for (let round = 0; round < 3; round++) {
  memory.without.push(await residentMegabytes({}));
  memory.with.push(
    await residentMegabytes({
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    }),
  );
}
collector.close();
collector.closeAllConnections();
rmSync(folder, { recursive: true, force: true });

const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.cpus().length} x ${os.cpus()[0]!.model}, node ${process.version}`,
  recordMicroseconds: {
    counting: round2(fastest.counting),
    plain: round2(fastest.plain),
  },
  recordRatio: round2(fastest.counting / fastest.plain),
  snapshotMicroseconds: Math.round(snapshotMicroseconds),
  pageMicroseconds: Math.round(pageMicroseconds),
  residentMegabytes: { without: round2(median(memory.without)), with: round2(median(memory.with)) },
  otlpMegabytes: round2(median(memory.with) - median(memory.without)),
};
writeFileSync(
  path.join(import.meta.dirname, 'results/telemetry-cost.json'),
  `${JSON.stringify(result, null, 2)}\n`,
);
const rows: [string, number, number, string][] = [
  ['a record with its exchange counted, over one without', result.recordRatio, BUDGETS.recordRatio, ''],
  [
    `a snapshot of ${STATUSES} statuses, once a second`,
    result.snapshotMicroseconds,
    BUDGETS.snapshotMicroseconds,
    'us',
  ],
  ['the page of the same for Prometheus', result.pageMicroseconds, BUDGETS.pageMicroseconds, 'us'],
  ['metrics by OTLP, memory', result.otlpMegabytes, BUDGETS.otlpMegabytes, 'MB'],
];
for (const [what, value, budget, unit] of rows)
  process.stdout.write(
    `${value <= budget ? 'pass' : 'FAIL'}  ${what}: ${value}${unit} (at most ${budget}${unit})\n`,
  );
process.exitCode = rows.every(([, value, budget]) => value <= budget) ? 0 : 1;

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { encodeFrame } from '../../src/spool/format.ts';
import { formatSegmentName } from '../../src/spool/segment-name.ts';
import { GatewayProcess } from '../faults/gateway-process.ts';
import { Server } from '../faults/server.ts';
import { startApplication } from '../faults/traffic.ts';

/**
 * What delivery costs and what it can carry, on this machine:
 *
 *     node load-tests/delivery/measure.ts [--write]
 *
 * 1. Latency of the traffic while the sink is dead, frozen, slow or refuses, against the same gateway with a healthy sink, in pairs: open loop,
 *    each latency from the moment the request was due. The first row is the healthy sink against itself: what the machine adds and takes away.
 * 2. Records of 1 KB a second from a full spool into a sink that takes them at once, and the CPU that a record costs.
 *
 * Results: load-tests/results/delivery.json. Exit code 1 where a budget of load-tests/budgets/delivery.json is not met.
 */
const PER_SECOND = 800;
const SECONDS = 6;
const WARM_UP_SECONDS = 2;
const PAIRS = 5;
const BACKLOG = 100_000;
const SEGMENT_RECORDS = 10_000;
const SINK = path.join(import.meta.dirname, 'bulk-sink.ts');

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const budgets = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../budgets/delivery.json'), 'utf8'),
) as { addedP99Ms: number; recordsPerSecond: number };

const latency: Record<string, { addedP50Ms: number; addedP99Ms: number; spreadP99Ms: [number, number] }> = {};
for (const mode of ['ok', 'dead', 'frozen', 'slow', 'refuse']) {
  const differences: Latency[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    process.stderr.write(`latency, sink ${mode}: pair ${pair + 1} of ${PAIRS}\n`);
    const [first, second] = pair % 2 === 0 ? ['ok', mode] : [mode, 'ok'];
    const one = await latencyWith(first!);
    const other = await latencyWith(second!);
    const [healthy, ill] = pair % 2 === 0 ? [one, other] : [other, one];
    differences.push({ p50: ill.p50 - healthy.p50, p99: ill.p99 - healthy.p99 });
  }
  const p99 = differences.map((one) => one.p99).sort((left, right) => left - right);
  latency[mode] = {
    addedP50Ms: round(median(differences.map((one) => one.p50))),
    addedP99Ms: round(median(p99)),
    spreadP99Ms: [round(p99[0]!), round(p99.at(-1)!)],
  };
}
process.stderr.write('throughput from a full spool               \r');
const throughput = await drainBacklog();
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.availableParallelism()} cores, shared, ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
  latency: { perSecond: PER_SECOND, pairs: PAIRS, sinks: latency },
  throughput,
};
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
if (values.write)
  writeFileSync(
    path.join(import.meta.dirname, '../results/delivery.json'),
    `${JSON.stringify(results, null, 2)}\n`,
  );
// What a healthy sink differs from itself by cannot be held against an ill one.
const allowedMs = budgets.addedP99Ms + Math.max(0, latency['ok']!.spreadP99Ms[1]);
const late = Object.entries(latency).filter(([, { addedP99Ms }]) => addedP99Ms > allowedMs);
for (const [mode, { addedP99Ms }] of late)
  process.stderr.write(
    `over budget: sink ${mode}: p99 ${addedP99Ms} ms later, allowed are ${round(allowedMs)}\n`,
  );
if (throughput.recordsPerSecond < budgets.recordsPerSecond)
  process.stderr.write(
    `over budget: ${throughput.recordsPerSecond} records/s, wanted are ${budgets.recordsPerSecond}\n`,
  );
process.exitCode = late.length === 0 && throughput.recordsPerSecond >= budgets.recordsPerSecond ? 0 : 1;

/** Latency of the traffic, in ms, with a sink in a mode. */
async function latencyWith(mode: string): Promise<Latency> {
  const sink = new Server([process.execPath, SINK, mode === 'dead' ? 'ok' : mode]);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-delivery-'));
  const application = await startApplication();
  await sink.start();
  const gateway = new GatewayProcess(
    [
      `--upstream=${application.url}`,
      `--data-dir=${folder}`,
      '--store=off',
      '--elasticsearch-setup=off',
      '--elasticsearch-timeout=3s',
      `--elasticsearch=${urlOf(sink)}`,
    ],
    {},
  );
  try {
    await gateway.start();
    if (mode === 'dead') await sink.crash();
    await openLoop(gateway.url, WARM_UP_SECONDS);
    return await openLoop(gateway.url, SECONDS);
  } finally {
    await gateway.end('SIGKILL');
    await sink.stop();
    application.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests at a constant rate, each timed from when it was due, so that a stall counts for all that it delays. */
async function openLoop(url: string, seconds: number): Promise<Latency> {
  const histogram = createHistogram();
  const pool = new Pool(url, { connections: 32 });
  const startMs = performance.now();
  const total = PER_SECOND * seconds;
  const underWay: Promise<void>[] = [];
  for (let index = 0; index < total; index++) {
    const dueMs = startMs + (index * 1000) / PER_SECOND;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await delay(waitMs);
    const body = `{"index":${index},"filler":"${'x'.repeat(800)}"}`;
    underWay.push(
      pool
        .request({ method: 'POST', path: '/', headers: { 'content-type': 'application/json' }, body })
        .then(async (answer) => {
          await answer.body.dump();
          histogram.record(Math.max(1, Math.round((performance.now() - dueMs) * 1000)));
        }),
    );
  }
  await Promise.all(underWay);
  await pool.destroy();
  return { p50: histogram.percentile(50) / 1000, p99: histogram.percentile(99) / 1000 };
}

/** A spool as a gateway leaves it behind that never reached its sink, and a gateway that delivers it. */
async function drainBacklog(): Promise<{
  records: number;
  recordsPerSecond: number;
  cpuMicrosecondsPerRecord: number;
}> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-delivery-'));
  mkdirSync(path.join(folder, 'spool'));
  for (let segment = 1; segment <= BACKLOG / SEGMENT_RECORDS; segment++)
    writeFileSync(
      path.join(folder, 'spool', formatSegmentName({ run: 'backlog', thread: 0, segment })),
      Buffer.concat(
        Array.from({ length: SEGMENT_RECORDS }, (_, index) =>
          frameOf((segment - 1) * SEGMENT_RECORDS + index + 1),
        ),
      ),
    );
  const sink = new Server([process.execPath, SINK, 'ok']);
  await sink.start();
  const gateway = new GatewayProcess(
    [
      '--upstream=http://127.0.0.1:9',
      `--data-dir=${folder}`,
      '--store=off',
      '--elasticsearch-setup=off',
      `--elasticsearch=${urlOf(sink)}`,
    ],
    {},
  );
  try {
    await gateway.start();
    const startMs = performance.now();
    const cpuBefore = cpuSeconds(gateway.pid);
    let first: { atMs: number; taken: number } | null = null;
    for (;;) {
      const { taken } = (await (await fetch(`${urlOf(sink)}/taken`)).json()) as { taken: number };
      if (taken > 0) first ??= { atMs: performance.now(), taken };
      if (taken >= BACKLOG) {
        const seconds = (performance.now() - (first?.atMs ?? startMs)) / 1000;
        return {
          records: taken,
          recordsPerSecond: Math.round((taken - (first?.taken ?? 0)) / seconds),
          cpuMicrosecondsPerRecord: round(((cpuSeconds(gateway.pid) - cpuBefore) * 1e6) / taken),
        };
      }
      if (performance.now() - startMs > 120_000) throw new Error(`only ${taken} records came in two minutes`);
      await delay(50);
    }
  } finally {
    await gateway.end('SIGKILL');
    await sink.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function frameOf(sequence: number): Buffer {
  const id = `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
  const document = {
    '@timestamp': '2026-01-01T00:00:00.000Z',
    event: { id, sequence },
    url: { path: `/n/${sequence}` },
    http: {
      request: {
        method: 'POST',
        body: { content: `${sequence}-`.repeat(Math.ceil(850 / (`${sequence}`.length + 1))) },
      },
    },
    tapline: { run: { id: 'backlog' }, thread: 0, kind: 'exchange' },
  };
  return encodeFrame({
    bytes: Buffer.from(JSON.stringify(document)),
    id,
    sequence,
    timestampMs: 1_767_225_600_000,
    kind: 'exchange',
    sourceBytes: 0,
    destinationBytes: 0,
  });
}

/** User and system time of a process over its threads, from the system's own accounting (Linux). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

function urlOf({ ready }: Server): string {
  return /http:\/\/\S+/.exec(ready)![0];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/**
 * What the engine costs by itself, without sockets: a hop through an empty pipeline, a callback, a decoded and encoded HTTP message. And over
 * sockets: the logging example as a script against the built-in audit program, CPU per request of the whole process, in one run.
 *
 *   node load-tests/engine-cost.ts            prints a table, writes load-tests/results/engine-cost.json
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { Data } from '../src/core/data.ts';
import { Session } from '../src/core/pipeline.ts';
import type { Ports } from '../src/core/ports.ts';
import { Stream } from '../src/core/stream.ts';
import { catalogue } from '../src/filters/index.ts';
import { systemClock } from '../src/gateway/system-clock.ts';
import { loadProgram } from '../src/script/program.ts';

/** Budgets: ns per event, and the ratio of CPU per request. */
const BUDGETS = { hopNs: 1000, callbackNs: 1000, scriptOverBuiltIn: 1.3 };
const ROUNDS = 5;
const ROOT = path.join(import.meta.dirname, '..');
const never = (): never => {
  throw new Error('nothing is dialed here');
};
const ports: Ports = {
  clock: systemClock,
  log: { write: () => {} },
  dialer: { dial: never },
  processes: { spawn: never },
  output: { write: () => {} },
  randomBytes,
};

/** Nanoseconds per Data event through a pipeline; the median of several rounds. */
function nsPerEvent(script: string, bytes: string, events = 300_000): number {
  const program = loadProgram({
    entry: '/main.js',
    files: {
      read: () => null,
      stat: () => null,
      inside: (file) => file,
      readInside: () => Buffer.from(script),
    },
    catalogue,
    ports,
    globals: {},
  });
  const session = new Session(
    program.listens[0]!.layout,
    program.createContext(null),
    new Stream(),
    () => {},
  );
  const data = Data.of(Buffer.from(bytes));
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = process.hrtime.bigint();
    for (let event = 0; event < events; event++) session.input(data);
    const ns = Number(process.hrtime.bigint() - begun) / events;
    // The first round warms up.
    if (round > 0) rounds.push(ns);
  }
  return median(rounds);
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]!;
}

const N = 10;
const empty = nsPerEvent('pipy().listen(1)', 'x');
const hops = nsPerEvent(`pipy().listen(1)${".link('p')".repeat(N)}.pipeline('p')`, 'x');
const callbacks = nsPerEvent(`pipy({ n: 0 }).listen(1)${'.onData(() => n++)'.repeat(N)}`, 'x');
const get = 'GET /api/orders?id=7 HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n';
const http = nsPerEvent(
  "pipy().listen(1).decodeHttpRequest().replaceMessage(new Message('ok')).encodeHttpResponse()",
  get,
  50_000,
);

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

async function startGateway(args: readonly string[], env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, [path.join(ROOT, 'src/main.ts'), ...args], {
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const port = await new Promise<number>((resolve) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /Listening on (?:http:\/\/)?127\.0\.0\.1:(\d+)/.exec(text);
      if (found !== null) resolve(Number(found[1]));
    });
  });
  return { child, port };
}

/** User and system time of all threads of a process, in microseconds. */
function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 105\r\n\r\n${'a'.repeat(105)}`,
);
const REQUEST = Buffer.from(
  `POST /api/orders HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\nContent-Length: 101\r\n\r\n${'b'.repeat(101)}`,
);

/** An upstream, or a collector, that answers each request once. */
function startServer(answer: Buffer): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    let held: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (;;) {
        const end = held.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(held.toString('latin1', 0, end))?.[1] ?? 0);
        if (held.length < end + 4 + length) return;
        held = held.subarray(end + 4 + length);
        socket.write(answer);
      }
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** A closed load of 50 connections; resolves after `count` answers. */
function load(port: number, count: number): Promise<void> {
  let left = count;
  let running = 50;
  return new Promise((resolve) => {
    for (let index = 0; index < 50; index++) {
      const socket = net.connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      let bytes = 0;
      let expected = 0;
      const next = (): void => {
        if (left-- <= 0) {
          socket.end();
          if (--running === 0) resolve();
          return;
        }
        socket.write(REQUEST);
      };
      socket.on('connect', next);
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (expected === 0) expected = chunk.indexOf('\r\n\r\n') + 4 + 105;
        if (bytes >= expected) {
          bytes = 0;
          expected = 0;
          next();
        }
      });
    }
  });
}

const upstream = await startServer(ANSWER);
const collector = await startServer(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'));
const target = (server: net.Server): string => `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-cost-'));
const builtIn = await startGateway(
  [`--upstream=http://${target(upstream)}`, '--listen=127.0.0.1:0', `--data-dir=${folder}/built-in`],
  {},
);
const script = await startGateway(
  [`--data-dir=${folder}/script`, path.join(ROOT, 'examples/07-logging.js')],
  { LISTEN: '127.0.0.1:0', UPSTREAM: target(upstream), COLLECTOR: target(collector) },
);
const REQUESTS = 20_000;
const costs: { builtIn: number[]; script: number[] } = { builtIn: [], script: [] };
for (let round = 0; round <= ROUNDS; round++)
  for (const name of ['builtIn', 'script'] as const) {
    const { child, port } = name === 'builtIn' ? builtIn : script;
    const before = cpuMicroseconds(child.pid!);
    await load(port, REQUESTS);
    // What is still to be delivered belongs to these requests.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    if (round > 0) costs[name].push((cpuMicroseconds(child.pid!) - before) / REQUESTS);
    process.stderr.write(`\rround ${round} of ${ROUNDS} `);
  }
process.stderr.write('\n');
builtIn.child.kill('SIGTERM');
script.child.kill('SIGTERM');
upstream.close();
collector.close();
await Promise.all(
  [builtIn, script].map(({ child }) => new Promise((resolve) => child.once('close', resolve))),
);
rmSync(folder, { recursive: true, force: true });

const ratios = costs.script.map((cost, round) => cost / costs.builtIn[round]!);
const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.cpus().length} x ${os.cpus()[0]!.model}, node ${process.version}`,
  emptyPipelineNs: round1(empty),
  hopNs: round1((hops - empty) / N),
  callbackNs: round1((callbacks - empty) / N),
  httpMessageNs: round1(http),
  builtInMicroseconds: round1(median(costs.builtIn)),
  scriptMicroseconds: round1(median(costs.script)),
  scriptOverBuiltIn: {
    median: round2(median(ratios)),
    min: round2(Math.min(...ratios)),
    max: round2(Math.max(...ratios)),
  },
};
writeFileSync(
  path.join(import.meta.dirname, 'results/engine-cost.json'),
  `${JSON.stringify(result, null, 2)}\n`,
);
const rows: [string, number, number, string][] = [
  ['a hop through an empty pipeline', result.hopNs, BUDGETS.hopNs, 'ns'],
  ['a callback', result.callbackNs, BUDGETS.callbackNs, 'ns'],
  [
    'the logging example over the built-in program, CPU per request',
    result.scriptOverBuiltIn.median,
    BUDGETS.scriptOverBuiltIn,
    '',
  ],
];
for (const [what, value, budget, unit] of rows)
  process.stdout.write(
    `${value <= budget ? 'pass' : 'FAIL'}  ${what}: ${value}${unit} (at most ${budget}${unit})\n`,
  );
process.stdout.write(
  `      an HTTP request decoded and answered: ${result.httpMessageNs}ns; built-in ${result.builtInMicroseconds}us, script ${result.scriptMicroseconds}us a request\n`,
);
process.exitCode = rows.every(([, value, budget]) => value <= budget) ? 0 : 1;

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

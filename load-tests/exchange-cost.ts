/**
 * What one exchange costs the code of a data thread, without sockets and files: the built-in programs are fed requests and answers as a client
 * and a server would send them, and records go as far as the frames of the spool. The difference to a real gateway is the system's.
 *
 *   node load-tests/exchange-cost.ts [--write]     prints microseconds and allocated bytes per exchange; --write keeps them in load-tests/results/
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as v8 from 'node:v8';
import { readOptions } from '../src/config/read-options.ts';
import { Data } from '../src/core/data.ts';
import { Flow } from '../src/core/flow.ts';
import { Session } from '../src/core/pipeline.ts';
import type { DialListener } from '../src/core/ports.ts';
import { Stream } from '../src/core/stream.ts';
import { catalogue } from '../src/filters/index.ts';
import { auditGlobals } from '../src/gateway/audit-globals.ts';
import { newRecorder } from '../src/gateway/new-recorder.ts';
import { RecordBatch } from '../src/gateway/record-batch.ts';
import { systemClock } from '../src/gateway/system-clock.ts';
import { TrafficMetrics } from '../src/gateway/traffic-metrics.ts';
import { newConnectionTotals } from '../src/net/connection-totals.ts';
import { loadProgram } from '../src/script/program.ts';
import { RecordSpace } from '../src/records/record-space.ts';
import { encodeFrame, FRAME_ROOM_BYTES } from '../src/spool/format.ts';

const WARM_UP_ROUNDS = 10;
const ROUNDS = 60;
const EXCHANGES = 4000;
const ROOT = path.join(import.meta.dirname, '..');

const REQUEST_BODY =
  '{"order":4711,"customer":"somebody","lines":[{"sku":"A-100","count":2},{"sku":"B-7","count":1}],"x":true}';
const ANSWER_BODY =
  '{"id":12345,"name":"a name of some length","items":[1,2,3,4,5,6,7,8,9],"status":"ready","more":"xxxxxxxx"}';
const REQUEST = Buffer.from(
  `POST /api/orders?page=2 HTTP/1.1\r\nHost: shop.test:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: application/json\r\n` +
    `Accept-Encoding: gzip, br\r\nContent-Type: application/json\r\nContent-Length: ${REQUEST_BODY.length}\r\n\r\n${REQUEST_BODY}`,
);
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Wed, 25 Nov 2026 12:00:00 GMT\r\nContent-Type: application/json\r\n` +
    `Connection: keep-alive\r\nContent-Length: ${ANSWER_BODY.length}\r\n\r\n${ANSWER_BODY}`,
);

interface Cost {
  readonly microseconds: number;
  readonly allocatedBytes: number;
}

/** The fastest of many short rounds: what is slower is the machine's other work. */
function costOf(program: 'audit.js' | 'forward.js'): Cost {
  const { options } = readOptions({ argv: ['--upstream=http://127.0.0.1:1'], env: {}, cwd: os.tmpdir() });
  const metrics = new TrafficMetrics({
    thread: 0,
    totals: newConnectionTotals(),
    captureLimitBytes: 0,
    knownMethods: undefined,
  });
  let sequence = 0;
  const space = new RecordSpace({ roomBefore: FRAME_ROOM_BYTES, isReused: true });
  const recorder = newRecorder(
    { options, runId: 'run', thread: 0, hmacKey: randomBytes(32) },
    () => ++sequence,
    { observer: metrics, afterWrites: (task) => task(), space },
  );
  let frameBytes = 0;
  const writer = {
    append: (record: Parameters<typeof encodeFrame>[0]): void =>
      void (frameBytes += encodeFrame(record).length),
    flush: () => Promise.resolve(),
  };
  const batch = new RecordBatch(writer, options.batchCount, options.batchBytes);
  let server: DialListener | null = null;
  const dialed = { sending: new Flow(), reading: new Flow(), write() {}, flush() {}, end() {}, destroy() {} };
  const never = (): never => {
    throw new Error('nothing is spawned here');
  };
  const loaded = loadProgram({
    entry: '/main.js',
    files: {
      read: () => null,
      stat: () => null,
      inside: (file) => file,
      readInside: () => readFileSync(path.join(ROOT, 'src/pipelines', program)),
    },
    catalogue,
    ports: {
      clock: systemClock,
      log: { write: (_level, message) => process.stderr.write(`${message}\n`) },
      dialer: {
        dial: (_target, _options, listener) => {
          server = listener;
          return dialed;
        },
      },
      processes: { spawn: never },
      output: { write: () => {} },
      randomBytes,
    },
    globals: { audit: auditGlobals(options, { recorder, batch }) },
  });
  let answeredBytes = 0;
  const inbound = {
    id: 1,
    remoteAddress: '127.0.0.1',
    remotePort: 40000,
    localAddress: '127.0.0.1',
    localPort: 80,
  };
  const session = new Session(
    loaded.listens[0]!.layout,
    loaded.createContext(inbound as Parameters<typeof loaded.createContext>[0]),
    new Stream(new Flow(), new Flow()),
    (event) => {
      if (event.kind === 'data') answeredBytes += event.size;
    },
  );
  const rounds: Cost[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const allocatedBefore = allocatedBytes();
    const before = process.threadCpuUsage();
    for (let index = 0; index < EXCHANGES; index++) {
      session.input(Data.of(REQUEST));
      session.input(Data.flushMark());
      server!.onBytes(ANSWER);
    }
    const { user, system } = process.threadCpuUsage(before);
    const cost = {
      microseconds: (user + system) / EXCHANGES,
      allocatedBytes: (allocatedBytes() - allocatedBefore) / EXCHANGES,
    };
    if (round >= WARM_UP_ROUNDS) rounds.push(cost);
  }
  batch.flush();
  metrics.stop();
  if (answeredBytes !== ANSWER.length * EXCHANGES * (WARM_UP_ROUNDS + ROUNDS))
    throw new Error('answers are missing');
  if (program === 'audit.js' && (sequence !== EXCHANGES * (WARM_UP_ROUNDS + ROUNDS) || frameBytes === 0))
    throw new Error('records are missing');
  return {
    microseconds: Math.min(...rounds.map((one) => one.microseconds)),
    allocatedBytes: rounds.reduce((sum, one) => sum + one.allocatedBytes, 0) / ROUNDS,
  };
}

/** All that this thread's heap ever gave out. */
function allocatedBytes(): number {
  return (v8.getHeapStatistics() as unknown as { total_allocated_bytes?: number }).total_allocated_bytes ?? 0;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const forward = costOf('forward.js');
const capture = costOf('audit.js');
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.availableParallelism()} cores, shared, ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
  exchange: `POST of ${REQUEST.length} bytes, answer of ${ANSWER.length} bytes`,
  passedOn: { microseconds: round(forward.microseconds), allocatedBytes: Math.round(forward.allocatedBytes) },
  captured: { microseconds: round(capture.microseconds), allocatedBytes: Math.round(capture.allocatedBytes) },
};
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
if (process.argv.includes('--write'))
  writeFileSync(
    path.join(import.meta.dirname, 'results/exchange-cost.json'),
    `${JSON.stringify(results, null, 2)}\n`,
  );

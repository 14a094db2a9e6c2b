import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../free-port.ts';
import { heldByCollector, heldByElasticsearch, type Holding } from './destinations.ts';
import { FaultProxy } from './fault-proxy.ts';
import { type Fault, FAULTS, type Scene } from './faults.ts';
import { GatewayProcess, tapline } from './gateway-process.ts';
import { Server } from './server.ts';
import { startApplication, Traffic } from './traffic.ts';
import { readVerdict } from './verdict.ts';

/**
 * Pulls every plug between the gateway and its sinks while numbered requests go through, and counts afterwards what the sink holds, against what was
 * answered and against what `tapline verify` says.
 *
 *     npm run faults -- [--requests=N] [--only=TEXT] [--elasticsearch-version=9|8|opensearch] [--write] [--json]
 *
 * It needs the folder that TAPLINE_PEERS names: `elasticsearch/run --version V --port P --data DIR` and
 * `otel-collector/run --http-port P --grpc-port P --out FILE`, each of which starts a server in the foreground and prints `ready`.
 * Exit codes: 0 every run kept its promise, 1 one did not, 2 called wrongly.
 */
const DOCUMENT = path.join(import.meta.dirname, '../../docs/delivery.md');
const STREAM = 'logs-tapline.http-default';
const PER_SECOND = 400;
const DRAIN_MS = 90_000;

interface Row {
  readonly fault: string;
  readonly sink: string;
  readonly sent: number;
  readonly held: number;
  readonly twice: number;
  readonly missing: number;
  readonly leaks: number;
  /** What verify says of it. */
  readonly named: string;
  readonly isKept: boolean;
  readonly server: string;
}

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
    'elasticsearch-version': { type: 'string', default: '9' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const peers = process.env['TAPLINE_PEERS'];
if (peers === undefined || peers === '') {
  process.stderr.write(
    'faults: TAPLINE_PEERS must name the folder with the launchers of real servers; see the head of load-tests/faults/run.ts\n',
  );
  process.exit(2);
}
const requests = Number(values.requests);
const chosen = FAULTS.filter(({ name, sink }) => `${sink} ${name}`.includes(values.only));
const rows: Row[] = [];
for (const [index, fault] of chosen.entries()) {
  process.stderr.write(`[${index + 1}/${chosen.length}] ${fault.sink}: ${fault.name} ... `);
  const row = await play(fault);
  rows.push(row);
  process.stderr.write(
    `${row.isKept ? 'kept' : 'NOT KEPT'}: ${row.held} of ${row.sent} held, ${row.twice} twice, ${row.missing} missing, ${row.named}\n`,
  );
}
if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
else process.stdout.write(table(rows));
if (values.write) writeTable(rows);
process.exitCode = rows.every(({ isKept }) => isKept) ? 0 : 1;

async function play(fault: Fault): Promise<Row> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-faults-'));
  const dataDir = path.join(folder, 'data');
  const out = path.join(folder, 'collector.jsonl');
  const [port, grpcPort] = [await freePort(), await freePort()];
  const isElasticsearch = fault.sink === 'elasticsearch';
  const server = new Server(
    isElasticsearch
      ? [
          path.join(peers!, 'elasticsearch/run'),
          '--version',
          values['elasticsearch-version'],
          '--port',
          `${port}`,
          '--data',
          path.join(folder, 'es'),
        ]
      : [
          path.join(peers!, 'otel-collector/run'),
          '--http-port',
          `${port}`,
          '--grpc-port',
          `${grpcPort}`,
          '--out',
          out,
        ],
  );
  const serverUrl = `http://127.0.0.1:${port}`;
  const proxy = new FaultProxy(serverUrl, (request) => request.includes('_bulk'));
  const application = await startApplication();
  const sinkUrl = isElasticsearch ? await proxy.start() : serverUrl;
  const gateway = new GatewayProcess(
    [
      `--upstream=${application.url}`,
      `--data-dir=${dataDir}`,
      '--store=off',
      ...(isElasticsearch ? [`--elasticsearch=${sinkUrl}`] : []),
      ...(fault.args ?? []),
    ],
    isElasticsearch
      ? {}
      : {
          OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
          OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
          OTEL_METRICS_EXPORTER: 'none',
        },
  );
  let traffic: Traffic | null = null;
  try {
    await server.start();
    await gateway.start();
    traffic = new Traffic(gateway.url);
    const third = Math.floor(requests / 3);
    const scene: Scene = {
      server,
      serverUrl,
      proxy,
      gateway,
      traffic,
      stream: STREAM,
      setCollectorFault: (words) => writeFileSync(`${out}.fault`, words),
      during: () => traffic!.send(third, PER_SECOND),
      pause: (ms) => delay(ms),
    };
    await traffic.send(third, PER_SECOND);
    await gateway.drained(DRAIN_MS);
    await fault.play(scene);
    await traffic.send(requests - 2 * third, PER_SECOND);
    const hasDrained = await gateway.drained(DRAIN_MS);
    await gateway.end('SIGTERM');
    const holding = isElasticsearch ? await heldByElasticsearch(serverUrl, STREAM) : heldByCollector(out);
    const verdict = isElasticsearch
      ? await tapline([
          'verify',
          '--elasticsearch',
          `--elasticsearch=${sinkUrl}`,
          `--data-dir=${dataDir}`,
          '--json',
        ])
      : await tapline(['verify', `--data-dir=${dataDir}`, '--json']);
    return rowOf(fault, server.ready, traffic, holding, hasDrained, verdict);
  } finally {
    await traffic?.stop();
    await gateway.end('SIGKILL');
    await server.stop();
    proxy.stop();
    application.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(
  fault: Fault,
  ready: string,
  { answered }: Traffic,
  { copies, leaks }: Holding,
  hasDrained: boolean,
  verdict: { code: number | null; output: string },
): Row {
  const missing = [...answered].filter((number) => !copies.has(number)).length;
  const twice = [...copies.values()].filter((count) => count > 1).length;
  const held = [...answered].filter((number) => copies.has(number)).length;
  const { named, unaccountedAtMost, text } = readVerdict(verdict.output);
  // Exactly those that are missing; only a crash leaves a bound instead of names.
  const isNamed =
    fault.mayNameMore === true
      ? named > missing
      : unaccountedAtMost === 0
        ? named === missing
        : named <= missing && missing <= named + unaccountedAtMost;
  const isAllowed = missing === 0 || fault.mayLose === true;
  const isKept =
    text !== 'verify gave no report' &&
    hasDrained &&
    isNamed &&
    isAllowed &&
    leaks === 0 &&
    (twice === 0 || fault.mayDouble === true);
  return {
    fault: fault.name,
    sink: fault.sink,
    sent: answered.size,
    held,
    twice,
    missing,
    leaks,
    named: hasDrained ? text : `not drained; ${text}`,
    isKept,
    server: /\(([^)]+)\)/.exec(ready)?.[1] ?? 'OpenTelemetry Collector',
  };
}

function table(all: readonly Row[]): string {
  const head = ['Sink', 'Fault', 'Sent', 'Held', 'Twice', 'Missing', 'What verify says', 'Kept'];
  const lines = all.map(({ sink, fault, sent, held, twice, missing, named, isKept }) =>
    [sink, fault, sent, held, twice, missing, named, isKept ? 'yes' : '**no**'].join(' | '),
  );
  return `| ${head.join(' | ')} |\n| ${head.map((title, column) => (column >= 2 && column <= 5 ? '--:' : '---')).join(' | ')} |\n${lines.map((line) => `| ${line} |\n`).join('')}`;
}

/** Between the two marks in docs/delivery.md. */
function writeTable(all: readonly Row[]): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = ['<!-- faults: begin -->', '<!-- faults: end -->'];
  const servers = [...new Set(all.map(({ server }) => server))].join(', ');
  const made = `${begin}\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${servers}, ${requests} requests each:\n\n${table(all)}\n${end}`;
  const at = text.indexOf(begin);
  writeFileSync(DOCUMENT, text.slice(0, at) + made + text.slice(text.indexOf(end) + end.length));
}

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext, type Implementation } from 'ava';

/** One result of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus. */
export interface PrometheusPeer {
  readonly url: string;
  /** Asks now. Throws what Prometheus says about a query that it does not take. */
  query(expr: string): Promise<Sample[]>;
  /** The `data` of an answer of the API: `rules`, `label/__name__/values`. */
  api(name: string): Promise<unknown>;
}

const PEERS = process.env['TAPLINE_PEERS'];
const STARTED_URL = process.env['PROMETHEUS_URL'];

/** A test with a Prometheus of its own; skipped where TAPLINE_PEERS names no launchers. */
export function testWithPrometheus(title: string, run: Implementation<[]>): void {
  if (PEERS === undefined) test.skip(`${title} (needs the launchers of TAPLINE_PEERS)`, run);
  else test(title, run);
}

/** A test with any Prometheus: that of PROMETHEUS_URL, else one of its own. */
export function testWithAnyPrometheus(title: string, run: Implementation<[]>): void {
  if (PEERS === undefined && STARTED_URL === undefined)
    test.skip(`${title} (needs PROMETHEUS_URL, or the launchers of TAPLINE_PEERS)`, run);
  else test(title, run);
}

/** That of PROMETHEUS_URL, whatever it holds; else one of its own that holds nothing. */
export function anyPrometheus(t: ExecutionContext): Promise<PrometheusPeer> {
  return STARTED_URL === undefined
    ? startPrometheus(t, { config: 'scrape_configs: []\n' })
    : Promise.resolve(prometheusAt(STARTED_URL));
}

/** Starts a Prometheus with a configuration and, beside it, files that the configuration names. Ends with the test. */
export async function startPrometheus(
  t: ExecutionContext,
  { config, files = {} }: { config: string; files?: Readonly<Record<string, string>> },
): Promise<PrometheusPeer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-prometheus-'));
  for (const [name, text] of Object.entries({ ...files, 'prometheus.yml': config }))
    await writeFile(path.join(folder, name), text);
  const port = await freePort();
  const launcher = spawn(
    path.join(PEERS!, 'prometheus/run'),
    ['--port', String(port), '--data', folder, '--config', path.join(folder, 'prometheus.yml')],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  launcher.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => launcher.once('close', () => resolve()));
  t.teardown(async () => {
    launcher.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: launcher.stdout }).on('line', (line) => line.startsWith('ready ') && resolve());
    void ended.then(() => reject(new Error(`Prometheus does not start: ${said}`)));
  });
  return prometheusAt(`http://127.0.0.1:${port}`);
}

/** Asks again and again until the answer is not null; fails with what `describe` says after `deadlineMs`. */
export async function until<T>(
  ask: () => Promise<T | null>,
  describe: () => string,
  deadlineMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${describe()}`);
    await pause(100);
  }
}

function prometheusAt(url: string): PrometheusPeer {
  const api = async (name: string): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v1/${name}`, { signal: AbortSignal.timeout(10_000) });
    const body = (await answer.json()) as { status: string; error?: string; data: unknown };
    if (body.status !== 'success') throw new Error(`${name}: ${body.error}`);
    return body.data;
  };
  return {
    url,
    api,
    async query(expr) {
      const data = await api(`query?query=${encodeURIComponent(expr)}`);
      const { result } = data as { result: { metric: Record<string, string>; value: [number, string] }[] };
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

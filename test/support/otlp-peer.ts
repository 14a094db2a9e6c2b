import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';

/** A real OpenTelemetry Collector of this test's own, which writes what it takes to a file. */
export interface OtlpPeer {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** How the next requests are treated (words of the launcher's README); '' for well again. */
  fault(words: string): Promise<void>;
  /** All requests it has taken, as OTLP JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- documents of a foreign format
  requests(): Promise<any[]>;
  /** Signals the collector itself. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it, by SIGKILL unless another signal is given, and waits for its end. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same ports and file. */
  start(): Promise<void>;
}

const LAUNCHER =
  process.env['TAPLINE_PEERS'] === undefined || process.env['TAPLINE_PEERS'] === ''
    ? null
    : path.join(process.env['TAPLINE_PEERS'], 'otel-collector/run');

/** A collector can be started: `TAPLINE_PEERS` names the folder of launchers. */
export const HAS_OTLP_PEER = LAUNCHER !== null;

/** A collector that somebody else runs; null for none. */
export const OTLP_ENDPOINT = process.env['OTLP_ENDPOINT'] || null;

export async function startOtlpPeer(
  t: ExecutionContext,
  env: Readonly<Record<string, string>> = {},
): Promise<OtlpPeer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-otlp-'));
  const out = path.join(folder, 'otel.jsonl');
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  let launcher: ChildProcess | null = null;
  let pid = 0;
  const end = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (launcher === null) return;
    const closed = new Promise((resolve) => launcher!.once('close', resolve));
    process.kill(pid, signal);
    await closed;
    launcher = null;
  };
  const start = async (): Promise<void> => {
    const child = spawn(
      LAUNCHER!,
      ['--http-port', String(httpPort), '--grpc-port', String(grpcPort), '--out', out],
      { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const found = /^ready .*pid=(\d+)/.exec(line);
      if (found === null) continue;
      pid = Number(found[1]);
      launcher = child;
      return;
    }
    throw new Error('the collector did not start');
  };
  await start();
  t.teardown(async () => {
    if (launcher !== null) process.kill(pid, 'SIGCONT');
    await end();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    httpPort,
    grpcPort,
    fault: (words) => writeFile(`${out}.fault`, words),
    async requests() {
      const text = await readFile(out, 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    signal: (signal) => void process.kill(pid, signal),
    end,
    start,
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

import { mkdtemp, rm } from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';
import { readOptions } from '../../src/config/read-options.ts';
import type { Log } from '../../src/core/ports.ts';
import { startGateway } from '../../src/gateway/gateway.ts';
import { builtInProgram, programOfScript } from '../../src/gateway/program-source.ts';
import { DataDirectory } from '../../src/spool/data-directory.ts';
import { parseQuery } from '../../src/store/query.ts';
import { RecordStore } from '../../src/store/record-store.ts';
import { type VerifyReport, verifyRecords } from '../../src/store/verify.ts';
import { sumOfTraffic, type TrafficSum } from '../../src/telemetry/traffic-totals.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';

/** A record as the store gives it back. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into documents of many shapes
export type RecordView = any;

/** A gateway in front of a scripted upstream, with a data directory of its own. */
export interface Fixture {
  readonly port: number;
  readonly dataDir: string;
  readonly logLines: string[];
  /** What the gateway counted; complete after a stop. */
  readonly metrics: MetricRegistry;
  /** Its requests so far. */
  readonly traffic: () => TrafficSum;
  /** A raw client connection. */
  connect(): Promise<Client>;
  /** Sends `bytes`, half-closes, and gives everything that came back until the gateway closed. */
  exchange(bytes: string | Buffer, options?: { isHalfClosing?: boolean }): Promise<string>;
  /** Stops the gateway, demands a balanced ledger, and gives all records in order. */
  finish(): Promise<{ records: RecordView[]; report: VerifyReport }>;
  stop(deadlineMs?: number): Promise<void>;
}

/** What an upstream does with a connection. */
export type UpstreamScript = (socket: net.Socket) => void;

export async function startFixture(
  t: ExecutionContext,
  script: UpstreamScript | { target: string },
  args: readonly string[] = [],
  program: string | null = null,
): Promise<Fixture> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tapline-test-'));
  const target = typeof script === 'function' ? await startUpstream(t, script) : script.target;
  const { options } = readOptions({
    argv: [`--upstream=http://${target}`, '--listen=127.0.0.1:0', `--data-dir=${dataDir}`, ...args],
    env: {},
    cwd: dataDir,
  });
  const logLines: string[] = [];
  const log: Log = { write: (level, message) => void logLines.push(`${level} ${message}`) };
  const metrics = new MetricRegistry();
  const gateway = await startGateway({
    options,
    program: program === null ? builtInProgram(options) : programOfScript(program),
    log,
    metrics,
  });
  const { port } = gateway.addresses[0]!;
  const stop = async (deadlineMs = 2000): Promise<void> => void (await gateway.stop(deadlineMs));
  t.teardown(async () => {
    await stop(0);
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    port,
    dataDir,
    logLines,
    metrics,
    traffic: () => sumOfTraffic(gateway.traffic),
    connect: () => connectClient(port),
    async exchange(bytes, { isHalfClosing = true } = {}) {
      const client = await connectClient(port);
      client.write(bytes);
      if (isHalfClosing) client.socket.end();
      return client.untilClose();
    },
    async finish() {
      await stop();
      const directory = DataDirectory.open(dataDir, { isReadOnly: true });
      const store = RecordStore.open(directory.paths.store, { isReadOnly: true });
      const records = [...store.query(parseQuery(''), { limit: 10_000, order: 'oldest' })].map((row) =>
        typeof row.document === 'string' ? JSON.parse(row.document) : row.document,
      );
      store.close();
      const report = verifyRecords({ directory });
      directory.close();
      return { records, report };
    },
    stop,
  };
}

/** A scripted server on a free loopback port; gives `host:port`. */
export async function startUpstream(t: ExecutionContext, script: UpstreamScript): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    script(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

/** An upstream that answers each whole request head (bodies by Content-Length) with what `answer` returns. */
export function answering(
  answer: (head: string, body: string, index: number) => string | Buffer,
): UpstreamScript {
  return (socket) => {
    let held = '';
    let index = 0;
    socket.on('data', (chunk: Buffer) => {
      held += chunk.toString('latin1');
      for (;;) {
        const end = held.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = held.slice(0, end);
        const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        if (held.length < end + 4 + length) return;
        const body = held.slice(end + 4, end + 4 + length);
        held = held.slice(end + 4 + length);
        const bytes = answer(head, body, index++);
        socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
      }
    });
    socket.on('end', () => socket.end());
  };
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A raw connection that can be asked for what has come so far. */
export class Client {
  readonly socket: net.Socket;
  received = Buffer.alloc(0);
  isReset = false;
  #waiters: (() => void)[] = [];
  #isClosed = false;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') this.isReset = true;
    });
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  write(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Everything until the text contains `part`. Rejects when the connection closes before. */
  async until(part: string): Promise<string> {
    while (!this.text.includes(part)) {
      if (this.#isClosed)
        throw new Error(`closed before ${JSON.stringify(part)}; got ${JSON.stringify(this.text)}`);
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    return this.text;
  }

  async untilClose(): Promise<string> {
    while (!this.#isClosed) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return this.text;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}

export function connectClient(port: number, host = '127.0.0.1'): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host, allowHalfOpen: true, noDelay: true });
    const client = new Client(socket);
    socket.once('connect', () => resolve(client));
    socket.once('error', reject);
    socket.on('end', () => socket.end());
  });
}

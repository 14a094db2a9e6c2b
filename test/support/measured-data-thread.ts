import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { DataThreadCosts } from './data-thread-process.ts';
import { startUpstream } from './fixture.ts';

const FLUSH_INTERVAL_MS = 50;

/** A request and its answer, each with a body of JSON of about so many bytes. */
function texts(bodyBytes: number): { readonly request: string; readonly answer: string } {
  const body = JSON.stringify({ user: 'ann', items: [1, 2, 3], note: 'x'.repeat(bodyBytes) });
  const fields = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return {
    request: `POST /orders/1?a=b HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\nUser-Agent: costs/1\r\n${fields}`,
    answer: `HTTP/1.1 200 OK\r\nServer: costs\r\n${fields}`,
  };
}

/** A data thread in a process of its own, between clients and an upstream that play one exchange again and again. */
export interface MeasuredDataThread {
  readonly pid: number;
  /** Open connections that have said nothing yet; resolves when the data thread has accepted them. */
  connect(count: number): Promise<MeasuredClient[]>;
  measure(): Promise<DataThreadCosts>;
  /** The same when nothing waits any more: records are in the spool, the peers' ends of closed connections have come. */
  settled(): Promise<DataThreadCosts>;
}

export interface MeasuredClient {
  /** So many requests at once; resolves when all their answers are there. */
  exchange(pipelined?: number): Promise<void>;
  close(): Promise<void>;
}

export async function measuredDataThread(
  t: ExecutionContext,
  { args = [], bodyBytes = 60 }: { readonly args?: readonly string[]; readonly bodyBytes?: number } = {},
): Promise<MeasuredDataThread> {
  const { request, answer } = texts(bodyBytes);
  const upstream = await startUpstream(t, (socket) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      const count = Math.floor(bytes / request.length);
      bytes -= count * request.length;
      if (count > 0) socket.write(answer.repeat(count));
    });
    socket.on('end', () => socket.end());
  });
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tapline-costs-'));
  const child = fork(
    path.join(import.meta.dirname, 'data-thread-process.ts'),
    [
      dataDir,
      `--upstream=http://${upstream}`,
      '--listen=127.0.0.1:0',
      `--flush-interval=${FLUSH_INTERVAL_MS}ms`,
      ...args,
    ],
    // Code that was not used for some collections would be dropped, with megabytes of its constants.
    { execArgv: ['--expose-gc', '--no-flush-bytecode'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(dataDir, { recursive: true, force: true });
  });
  const told = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as T));
      void exited.then(() => reject(new Error('the data thread has ended')));
    });
  const { port } = await told<{ port: number }>();
  const measure = (): Promise<DataThreadCosts> => {
    const costs = told<DataThreadCosts>();
    child.send('measure');
    return costs;
  };
  let opened = 0;
  return {
    pid: child.pid!,
    measure,
    async settled() {
      let before = await measure();
      for (let still = 0; still < 3;) {
        await new Promise((resolve) => setTimeout(resolve, 2 * FLUSH_INTERVAL_MS));
        const now = await measure();
        const isStill =
          now.spoolWrites === before.spoolWrites && now.retainedBytes > before.retainedBytes - 4096;
        still = isStill ? still + 1 : 0;
        before = now;
      }
      return before;
    },
    async connect(count) {
      const clients = await Promise.all(
        Array.from({ length: count }, () => connectOne(t, port, request, answer)),
      );
      opened += count;
      while ((await measure()).acceptedConnections < opened);
      return clients;
    },
  };
}

function connectOne(
  t: ExecutionContext,
  port: number,
  request: string,
  answer: string,
): Promise<MeasuredClient> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  t.teardown(() => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let awaitedBytes = 0;
  let onAnswered = (): void => {};
  socket.on('data', (chunk) => {
    awaitedBytes -= chunk.length;
    if (awaitedBytes === 0) onAnswered();
  });
  const client: MeasuredClient = {
    exchange(pipelined = 1) {
      awaitedBytes = pipelined * answer.length;
      socket.write(request.repeat(pipelined));
      return new Promise((resolve) => (onAnswered = resolve));
    },
    close() {
      socket.end();
      return closed;
    },
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(client));
    socket.once('error', reject);
  });
}

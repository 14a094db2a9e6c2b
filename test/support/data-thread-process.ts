// A data thread as the main thread of a process of its own, so that its memory and its system calls are counted without anybody else's.
// Needs --expose-gc and an IPC channel. Arguments: the data directory and the options of the command line.
import * as net from 'node:net';
import * as v8 from 'node:v8';
import { readOptions } from '../../src/config/read-options.ts';
import { startDataThread } from '../../src/gateway/data-thread.ts';
import { builtInProgram } from '../../src/gateway/program-source.ts';
import { DataDirectory } from '../../src/spool/data-directory.ts';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';

/** What the process tells when it is asked. All counts since its start. */
export interface DataThreadCosts {
  readonly acceptedConnections: number;
  /** Heap without compiled code, and what it keeps outside, after a collection of everything. */
  readonly retainedBytes: number;
  /** Everything ever made on the heap. */
  readonly allocatedBytes: number;
  readonly rssBytes: number;
  /** Reads of its sockets that gave bytes, and writes to them. */
  readonly reads: number;
  readonly writes: number;
  /** Writes of the spool. */
  readonly spoolWrites: number;
}

const [dataDir, ...args] = process.argv.slice(2) as [string, ...string[]];
const counts = { reads: 0, writes: 0, spoolWrites: 0 };

await countSocketCalls();
const { options } = readOptions({ argv: [`--data-dir=${dataDir}`, ...args], env: {}, cwd: dataDir });
const directory = DataDirectory.open(dataDir);
const thread = await startDataThread(
  {
    options,
    paths: directory.paths,
    program: builtInProgram(options),
    runId: 'costs',
    thread: 0,
    hmacKey: directory.hmacKey(),
    connectionIds: new SharedArrayBuffer(8),
    addresses: [],
  },
  { write: (_level, message) => process.stderr.write(`${message}\n`) },
  () => void counts.spoolWrites++,
);

process.on('message', () => void tell());
process.on('disconnect', () => process.exit());
process.send!({ port: thread.addresses[0]!.port });

async function tell(): Promise<void> {
  const { total_allocated_bytes: allocatedBytes } = v8.getHeapStatistics() as unknown as {
    total_allocated_bytes: number;
  };
  const accepted = thread.metrics().find(({ declaration }) => declaration === METRICS.connections);
  // What a collection finds unused may keep something else until the next turn.
  for (let round = 0; round < 4; round++) {
    gc!();
    await new Promise(setImmediate);
  }
  const heapBytes = v8
    .getHeapSpaceStatistics()
    // Code goes on being compiled for long, and is dropped again.
    .filter(({ space_name: name }) => !/^(?:code|trusted)_/.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
  const { external, rss } = process.memoryUsage();
  const costs: DataThreadCosts = {
    acceptedConnections: accepted!.series.find(
      ({ attributes }) => attributes['tapline.outcome'] === 'accepted',
    )!.value,
    retainedBytes: heapBytes + external,
    allocatedBytes,
    rssBytes: rss,
    ...counts,
  };
  process.send!(costs);
}

/** Puts counters before the calls of all TCP sockets of this process. */
async function countSocketCalls(): Promise<void> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  type Calls = Record<string, (...args: unknown[]) => unknown>;
  const calls = Object.getPrototypeOf((server as unknown as { _handle: object })._handle) as Calls;
  await new Promise((resolve) => server.close(resolve));
  for (const name of ['writeBuffer', 'writev', 'writeUtf8String', 'writeLatin1String', 'writeAsciiString']) {
    const write = calls[name]!;
    calls[name] = function (this: unknown, ...given) {
      counts.writes++;
      return Reflect.apply(write, this, given);
    };
  }
  // Every read of a socket that gave something comes by here.
  const sockets = net.Socket.prototype as unknown as Calls;
  const push = sockets['push']!;
  sockets['push'] = function (this: unknown, ...given) {
    if (given[0] !== null) counts.reads++;
    return Reflect.apply(push, this, given);
  };
}

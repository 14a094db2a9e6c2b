import * as path from 'node:path';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { Session } from '../core/pipeline.ts';
import { catalogue } from '../filters/index.ts';
import { newConnectionTotals } from '../net/connection-totals.ts';
import { ChildProcesses } from '../net/child-processes.ts';
import { Listener } from '../net/listener.ts';
import { SocketDialer } from '../net/outbound.ts';
import type { Recorder } from '../records/recorder.ts';
import { DiskFiles } from '../script/program-files.ts';
import { loadProgram, type ListenDeclaration, type Program } from '../script/program.ts';
import type { DataPaths } from '../spool/data-directory.ts';
import { RunLedger } from '../spool/run-ledger.ts';
import { SpoolWriter } from '../spool/spool-writer.ts';
import { auditGlobals } from './audit-globals.ts';
import { connectionsWithinFileLimit } from './file-descriptors.ts';
import { newRecorder } from './new-recorder.ts';
import { RecordBatch } from './record-batch.ts';
import { systemClock } from './system-clock.ts';
import { TaskRunner } from './task-runner.ts';

/** What the main thread hands to a data thread; plain values, so that it crosses threads. */
export interface DataThreadInit {
  readonly options: Options;
  readonly paths: DataPaths;
  /** Absolute path of the user's script; null for the built-in program. */
  readonly script: string | null;
  readonly runId: string;
  readonly thread: number;
  readonly hmacKey: Uint8Array;
}

export interface DataThread {
  readonly addresses: readonly { address: string; port: number }[];
  stop(deadlineMs: number): Promise<void>;
  /** During a stop: close every connection now. */
  cut(): void;
}

/** Bytes of records that wait in memory for a disk that does not take them; beyond it the oldest are lost, and told of. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;

/** How often the counts of the sockets go to disk. */
const LEDGER_INTERVAL_MS = 1000;

/**
 * One data thread: a program with its listeners and tasks, and the way of its records into the spool. It shares nothing
 * with others; delivery happens elsewhere.
 */
export async function startDataThread(
  init: DataThreadInit,
  log: Log,
  onFlushed: () => void,
): Promise<DataThread> {
  const { options, runId, thread } = init;
  const ledger = new RunLedger(init.paths.ledger, runId, thread, systemClock.wallMs());
  const recorder = newRecorder(init, () => ledger.nextSequence());
  const spool = new SpoolWriter({
    folder: init.paths.spool,
    run: runId,
    thread,
    maxSpoolBytes: options.spoolSizeBytes,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    segmentBytes: options.spoolSegmentBytes,
    isSyncing: options.spoolSync,
    makeGap: (gap) => recorder.gap(gap),
    onFlushed,
    log,
  });
  const batch = new RecordBatch(spool, options.batchCount, options.batchBytes);
  const totals = newConnectionTotals();
  const source = programSource(init);
  const ports = {
    clock: systemClock,
    log,
    dialer: new SocketDialer(systemClock, log, options.sendBufferBytes),
    processes: new ChildProcesses(source.files.root, options.sendBufferBytes),
    output: { write: (text: string) => log.write('info', text) },
  };
  const program = loadProgram({
    ...source,
    catalogue,
    ports,
    globals: { audit: auditGlobals(options, recorder, batch) },
  });
  const maxConnections = connectionsWithinFileLimit(options.maxConnections);
  // A few descriptors less than wished for are not worth a word.
  if (maxConnections < options.maxConnections * 0.9)
    log.write(
      'warn',
      `[listener] the limit of open files allows ${maxConnections} connections instead of ${options.maxConnections}; raise it with ulimit -n`,
    );
  let lastConnectionId = 0;
  const listeners = program.listens.map((listen) => {
    const { tls, reuse } = readListenOptions(listen);
    return new Listener(
      {
        address: listen.address,
        port: listen.port,
        isReusingPort: reuse ?? options.reusePort,
        tls,
        maxConnections,
        idleTimeoutMs: options.idleTimeoutMs,
        sendBufferBytes: options.sendBufferBytes,
        nextConnectionId: () => ++lastConnectionId,
      },
      totals,
      log,
      (inbound, stream, output) => new Session(listen.layout, program.createContext(inbound), stream, output),
    );
  });
  const addresses = [];
  try {
    for (const listener of listeners) {
      const { address, port } = await listener.start();
      addresses.push({ address, port });
    }
  } catch (error) {
    for (const listener of listeners) await listener.stop(0);
    await spool.close();
    ledger.close(totals);
    throw error;
  }
  const tasks = program.tasks.map((task) => new TaskRunner(program, task, log));
  for (const task of tasks) task.start();
  const totalsTimer = setInterval(() => ledger.noteTotals(totals), LEDGER_INTERVAL_MS);
  totalsTimer.unref();

  let stopping: Promise<void> | null = null;
  const stop = async (deadlineMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.stop(deadlineMs)));
    for (const task of tasks) task.stop();
    clearInterval(totalsTimer);
    program.release();
    batch.flush();
    await spool.close();
    ledger.close(totals);
  };
  return {
    addresses,
    cut: () => {
      for (const listener of listeners) listener.cut();
    },
    stop: (deadlineMs) => (stopping ??= stop(deadlineMs)),
  };
}

/** Loads the program without starting anything, for `--verify`. Throws ScriptError. */
export function loadOnly(init: Pick<DataThreadInit, 'script' | 'options'>, log: Log): Program {
  const source = programSource(init);
  const ports = {
    clock: systemClock,
    log,
    dialer: new SocketDialer(systemClock, log, 0),
    processes: new ChildProcesses(source.files.root, 0),
    output: { write: () => {} },
  };
  const writer = { append: () => {}, flush: () => Promise.resolve() };
  const recorder = null as unknown as Recorder;
  return loadProgram({
    ...source,
    catalogue,
    ports,
    globals: { audit: auditGlobals(init.options, recorder, new RecordBatch(writer, 1, 1)) },
  });
}

function programSource(init: Pick<DataThreadInit, 'script' | 'options'>): {
  entry: string;
  files: DiskFiles;
} {
  const builtIn = init.options.capture === 'on' ? 'audit.js' : 'forward.js';
  const script = init.script ?? path.join(import.meta.dirname, '../pipelines', builtIn);
  return { entry: `/${path.basename(script)}`, files: new DiskFiles(path.dirname(script)) };
}

function readListenOptions(listen: ListenDeclaration): {
  tls: { cert: string | Buffer; key: string | Buffer } | null;
  reuse: boolean | null;
} {
  const { tls, reuse } = listen.options as { tls?: { cert: string; key: string } | null; reuse?: unknown };
  return { tls: tls ?? null, reuse: reuse === undefined ? null : Boolean(reuse) };
}

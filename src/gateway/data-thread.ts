import * as path from 'node:path';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { catalogue } from '../filters/index.ts';
import { newConnectionTotals } from '../net/connection-totals.ts';
import { ChildProcesses } from '../net/child-processes.ts';
import { SocketDialer } from '../net/outbound.ts';
import type { Recorder } from '../records/recorder.ts';
import { DiskFiles } from '../script/program-files.ts';
import { programTree } from '../script/program-tree.ts';
import { loadProgram, type Program } from '../script/program.ts';
import type { DataPaths } from '../spool/data-directory.ts';
import { RunLedger } from '../spool/run-ledger.ts';
import { SpoolWriter } from '../spool/spool-writer.ts';
import { auditGlobals } from './audit-globals.ts';
import { census } from './census.ts';
import { connectionsWithinFileLimit } from './file-descriptors.ts';
import { type BoundAddress, Front } from './front.ts';
import { newRecorder } from './new-recorder.ts';
import { RecordBatch } from './record-batch.ts';
import { systemClock } from './system-clock.ts';

/** What the main thread hands to a data thread; plain values, so that it crosses threads. */
export interface DataThreadInit {
  readonly options: Options;
  readonly paths: DataPaths;
  /** Absolute path of the user's script; null for the built-in program. */
  readonly script: string | null;
  readonly runId: string;
  readonly thread: number;
  readonly hmacKey: Uint8Array;
  /** One 64-bit counter that all data threads share: connections are numbered over the whole process. */
  readonly connectionIds: SharedArrayBuffer;
  /** Where the listeners of the first data thread were bound; empty for itself. */
  readonly addresses: readonly BoundAddress[];
}

export interface DataThread {
  readonly addresses: readonly BoundAddress[];
  /** Loads the program anew and binds its new ports; rejects, and changes nothing, where that fails. */
  prepareReload(ports: readonly BoundAddress[]): Promise<readonly BoundAddress[]>;
  commitReload(): void;
  cancelReload(): Promise<void>;
  /** A table of pipelines and their sessions, for people. */
  census(): string[];
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
  const dialer = new SocketDialer(systemClock, log, options.sendBufferBytes);
  const output = { write: (text: string): void => log.write('output', text) };
  const maxConnections = connectionsWithinFileLimit(options.maxConnections);
  // A few descriptors less than wished for are not worth a word.
  if (maxConnections < options.maxConnections * 0.9 && thread === 0)
    log.write(
      'warn',
      `[listener] the limit of open files allows ${maxConnections} connections instead of ${options.maxConnections}; raise it with ulimit -n`,
    );
  const connectionIds = new BigInt64Array(init.connectionIds);
  const front = new Front({
    options,
    maxConnections: Math.ceil(maxConnections / options.threads),
    totals,
    log,
    nextConnectionId: () => Number(Atomics.add(connectionIds, 0, 1n)) + 1,
  });
  const load = (): Program => {
    const source = programSource(init);
    const processes = new ChildProcesses(source.files.root, options.sendBufferBytes);
    const program = loadProgram({
      ...source,
      catalogue,
      ports: { clock: systemClock, log, dialer, processes, output },
      env: process.env,
      globals: { audit: auditGlobals(options, recorder, batch) },
      isCompat: options.compat,
      maxMessageBytes: options.maxMessageBytes,
    });
    if (thread === 0) {
      if (options.compat)
        log.write(
          'warn',
          '[config] --compat: as the original, without what makes Tapline safer (docs/reference/differences.md)',
        );
      for (const warning of program.warnings)
        for (const line of warning.format().split('\n')) log.write('warn', `[config] ${line}`);
      if (init.script !== null)
        for (const line of programTree(program)) log.write('info', `[config] ${line}`);
    }
    return program;
  };
  let addresses: readonly BoundAddress[];
  try {
    addresses = await front.prepare(load(), init.addresses);
    front.commit();
  } catch (error) {
    await spool.close();
    ledger.close(totals);
    throw error;
  }
  const totalsTimer = setInterval(() => ledger.noteTotals(totals), LEDGER_INTERVAL_MS);
  totalsTimer.unref();

  let stopping: Promise<void> | null = null;
  const stop = async (deadlineMs: number): Promise<void> => {
    await front.stop(deadlineMs);
    clearInterval(totalsTimer);
    batch.flush();
    await spool.close();
    ledger.close(totals);
  };
  return {
    addresses,
    prepareReload: (ports) => front.prepare(load(), ports),
    commitReload: () => front.commit(),
    cancelReload: () => front.cancel(),
    census: () => census(front, thread),
    cut: () => front.cut(),
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
    env: process.env,
    isCompat: init.options.compat,
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

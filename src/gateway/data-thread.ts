import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { catalogue } from '../filters/index.ts';
import { newConnectionTotals } from '../net/connection-totals.ts';
import { ChildProcesses } from '../net/child-processes.ts';
import { SocketDialer } from '../net/outbound.ts';
import { DiskFiles } from '../script/program-files.ts';
import { programTree } from '../script/program-tree.ts';
import { loadProgram, type Program } from '../script/program.ts';
import type { DataPaths } from '../spool/data-directory.ts';
import type { MetricSnapshot } from '../telemetry/metric-registry.ts';
import { auditGlobals } from './audit-globals.ts';
import { activeSessions, census } from './census.ts';
import { connectionsWithinFileLimit } from './file-descriptors.ts';
import { type BoundAddress, Front } from './front.ts';
import { openRecording } from './recording.ts';
import { systemClock } from './system-clock.ts';
import { TrafficMetrics } from './traffic-metrics.ts';
import { TrafficTotals } from '../telemetry/traffic-totals.ts';

/** What the main thread hands to a data thread; plain values, so that it crosses threads. */
export interface DataThreadInit {
  readonly options: Options;
  /** Null for a program that records nothing: it needs no data directory. */
  readonly paths: DataPaths | null;
  /** Absolute path of the user's script; null for the built-in program. */
  readonly script: string | null;
  readonly runId: string;
  readonly thread: number;
  readonly hmacKey: Uint8Array;
  /** One 64-bit counter that all data threads share: connections are numbered over the whole process. */
  readonly connectionIds: SharedArrayBuffer;
  /** Of TrafficTotals: what it counts there the main thread can read at any time; left out where nobody does. */
  readonly trafficMemory?: SharedArrayBuffer;
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
  /** What it has counted since its start. */
  metrics(): MetricSnapshot[];
  stop(deadlineMs: number): Promise<void>;
  /** During a stop: close every connection now. */
  cut(): void;
}

/**
 * One data thread: a program with its listeners and tasks, and the way of its records into the spool. It shares nothing
 * with others; delivery happens elsewhere.
 */
export async function startDataThread(
  init: DataThreadInit,
  log: Log,
  onFlushed: () => void,
): Promise<DataThread> {
  const { options, thread } = init;
  const totals = newConnectionTotals();
  const metrics = new TrafficMetrics({
    thread,
    totals,
    captureLimitBytes: Math.ceil(options.captureBudgetBytes / options.threads),
    knownMethods: process.env['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'],
    traffic: new TrafficTotals(init.trafficMemory),
  });
  const recording =
    init.paths === null ? null : openRecording(init, init.paths, totals, metrics, log, onFlushed);
  if (recording !== null) metrics.watch(recording);
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
  metrics.watchSessions(() => activeSessions(front));
  const load = (): Program => {
    const source = programSource(init);
    const processes = new ChildProcesses(source.files.root, options.sendBufferBytes);
    const program = loadProgram({
      ...source,
      catalogue,
      ports: { clock: systemClock, log, dialer, processes, output, randomBytes },
      env: process.env,
      globals: { audit: auditGlobals(options, recording) },
      isCompat: options.compat,
      maxMessageBytes: options.maxMessageBytes,
    });
    if (recording === null && program.usesGlobal('audit'))
      throw new Error(
        'the script uses audit now, and the gateway was started without a data directory: restart it',
      );
    if (thread === 0) {
      if (options.compat)
        log.write(
          'warn',
          '[config] --compat: as the original, without what makes Tapline safer (docs/reference/differences.md)',
        );
      if (options.inject.length > 0 && !usesFilter(program, 'injectRequestHeaders'))
        log.write(
          'warn',
          '[config] --inject: the script has no injectRequestHeaders(audit.injection), so nothing is added',
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
    metrics.stop();
    await recording?.close();
    throw error;
  }

  let stopping: Promise<void> | null = null;
  const stop = async (deadlineMs: number): Promise<void> => {
    await front.stop(deadlineMs);
    await recording?.close();
    metrics.stop();
  };
  return {
    addresses,
    prepareReload: (ports) => front.prepare(load(), ports),
    commitReload: () => front.commit(),
    cancelReload: () => front.cancel(),
    census: () => census(front, thread),
    metrics: () => metrics.collect(),
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
    randomBytes,
  };
  return loadProgram({
    ...source,
    catalogue,
    ports,
    env: process.env,
    isCompat: init.options.compat,
    globals: { audit: auditGlobals(init.options, null) },
  });
}

function usesFilter(program: Program, wanted: string): boolean {
  return program.modules.some(({ pipelines }) =>
    pipelines.some(({ filters }) => filters.some(({ name }) => name === wanted)),
  );
}

function programSource(init: Pick<DataThreadInit, 'script' | 'options'>): {
  entry: string;
  files: DiskFiles;
} {
  const builtIn = init.options.capture === 'on' ? 'audit.js' : 'forward.js';
  const script = init.script ?? path.join(import.meta.dirname, '../pipelines', builtIn);
  return { entry: `/${path.basename(script)}`, files: new DiskFiles(path.dirname(script)) };
}

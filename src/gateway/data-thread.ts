import { randomBytes } from 'node:crypto';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { newConnectionTotals } from '../net/connection-totals.ts';
import { SocketDialer } from '../net/outbound.ts';
import type { Graph } from '../script/graph.ts';
import { programGraphs } from '../script/program-graph.ts';
import { programTree } from '../script/program-tree.ts';
import type { Program } from '../script/program.ts';
import type { DataPaths } from '../spool/data-directory.ts';
import type { MetricSnapshot } from '../telemetry/metric-registry.ts';
import { auditGlobals } from './audit-globals.ts';
import { activeSessions, activityOf, census } from './census.ts';
import { connectionsWithinFileLimit } from './file-descriptors.ts';
import { type BoundAddress, Front } from './front.ts';
import { loadProgram } from './load-program.ts';
import type { ThreadActivity } from './program-activity.ts';
import type { ProgramSource } from './program-source.ts';
import { openRecording } from './recording.ts';
import { systemClock } from './system-clock.ts';
import { TrafficMetrics } from './traffic-metrics.ts';
import { TrafficTotals } from '../telemetry/traffic-totals.ts';

/** What the main thread hands to a data thread; plain values, so that it crosses threads. */
export interface DataThreadInit {
  readonly options: Options;
  /** Null for a program that records nothing: it needs no data directory. */
  readonly paths: DataPaths | null;
  /** What runs at once; null for nothing yet. */
  readonly program: ProgramSource | null;
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
  /** Loads a program and binds its new ports; rejects, and changes nothing, where that fails. */
  prepare(source: ProgramSource, ports: readonly BoundAddress[]): Promise<readonly BoundAddress[]>;
  commit(): Promise<void>;
  cancel(): Promise<void>;
  /** Serves nothing any more; what is alive may end. */
  clear(): Promise<void>;
  /** The charts of what is served, by file; none where nothing is. */
  graphs(): Record<string, Graph>;
  activity(): ThreadActivity;
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
  const load = (source: ProgramSource): Program => {
    const program = loadProgram(source, {
      options,
      ports: { clock: systemClock, log, dialer, output, randomBytes },
      audit: auditGlobals(options, recording),
    });
    if (recording === null && program.usesGlobal('audit'))
      throw new Error(
        'the script uses audit now, and the gateway was started without a data directory: restart it',
      );
    if (thread === 0) describe(program, source, options, log);
    return program;
  };
  let prepared: ProgramSource | null = null;
  const prepare: DataThread['prepare'] = async (source, ports) => {
    const addresses = await front.prepare(load(source), ports);
    prepared = source;
    return addresses;
  };
  const tellRecording = (source: ProgramSource | null): void =>
    recording?.serveProgram({
      isBuiltIn: source === null || source.isBuiltIn,
      isFlushing: front.program?.usesMember('audit', 'batch') === true,
    });
  const commit = (): void => {
    front.commit();
    tellRecording(prepared);
  };
  let addresses: readonly BoundAddress[] = [];
  try {
    if (init.program !== null) {
      addresses = await prepare(init.program, init.addresses);
      commit();
    }
  } catch (error) {
    metrics.stop();
    await recording?.close();
    throw error;
  }

  // One after the other: what comes while a program is being prepared is about that one.
  let switching: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(fn: () => T | Promise<T>): Promise<T> => {
    const result = switching.then(fn);
    switching = result.catch(() => {});
    return result;
  };
  let stopping: Promise<void> | null = null;
  const stop = async (deadlineMs: number): Promise<void> => {
    await front.stop(deadlineMs);
    await recording?.close();
    metrics.stop();
  };
  return {
    addresses,
    prepare: (source, ports) => inTurn(() => prepare(source, ports)),
    commit: () => inTurn(commit),
    cancel: () => inTurn(() => front.cancel()),
    clear: () =>
      inTurn(async () => {
        await front.clear();
        tellRecording(null);
      }),
    graphs: () => (front.program === null ? {} : programGraphs(front.program)),
    activity: () => activityOf(front),
    census: () => census(front, thread),
    metrics: () => metrics.collect(),
    cut: () => front.cut(),
    stop: (deadlineMs) => (stopping ??= stop(deadlineMs)),
  };
}

/** What the log says of a program that is loaded. */
function describe(program: Program, { isBuiltIn }: ProgramSource, options: Options, log: Log): void {
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
  if (!isBuiltIn) for (const line of programTree(program)) log.write('info', `[config] ${line}`);
}

function usesFilter(program: Program, wanted: string): boolean {
  return program.modules.some(({ pipelines }) =>
    pipelines.some(({ filters }) => filters.some(({ name }) => name === wanted)),
  );
}

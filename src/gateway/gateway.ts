import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { type Options, withoutSecrets } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import type { Graph } from '../script/graph.ts';
import { ScriptError } from '../script/script-error.ts';
import { DataDirectory } from '../spool/data-directory.ts';
import { ownThread, type ProfiledThread } from '../profiling/profiled-thread.ts';
import type { HealthReport } from '../telemetry/health-report.ts';
import { MetricRegistry } from '../telemetry/metric-registry.ts';
import { TrafficTotals } from '../telemetry/traffic-totals.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import type { BoundAddress } from './front.ts';
import { loadOnly } from './load-program.ts';
import type { ProgramSource } from './program-source.ts';
import type { ProgramActivity } from './program-activity.ts';
import { ProgramSwitch, type RunningProgram } from './program-switch.ts';
import { ThreadHost } from './thread-host.ts';
import type { Delivery } from '../sinks/delivery/delivery.ts';
import { deliveryHealth } from './delivery-health.ts';
import { newDelivery } from './new-delivery.ts';
import { tellOfCrash } from './tell-of-crash.ts';
import { newSinks } from './new-sinks.ts';

/** How long the sinks may take at the end to catch up with the spool; what is left is delivered at the next start. */
const LAST_DELIVERY_MS = 10_000;

export interface Gateway {
  /** False for a script that does not use `audit`: it needs no data directory. */
  readonly isRecording: boolean;
  /** Whether there are records: `off` with --capture=off, `none` for a script that does not use `audit`. */
  readonly recording: 'on' | 'off' | 'none';
  /** The embedded store; null without one. */
  readonly storeFile: string | null;
  /** Where the program listened at start. */
  readonly addresses: readonly BoundAddress[];
  /** What runs; null for nothing. */
  program(): RunningProgram | null;
  /** Whether a program is being started or stopped; what is asked for meanwhile waits its turn. */
  readonly isSwitching: boolean;
  /**
   * Loads a program and switches all data threads to it, or none. Rejects with a ProgramError where that fails; what ran before runs on then.
   * It is tried in a thread of its own first, so that a script without end holds nothing up. Gives where it listens.
   */
  startProgram(source: ProgramSource): Promise<readonly BoundAddress[]>;
  /** Closes the program's ports and ends its tasks; connections end when they are through with what they are at. Nothing runs then. */
  stopProgram(): Promise<void>;
  /** Load the program anew and switch to it; rejects, and the old one runs on, where that fails. Gives where it listens now. */
  reload(): Promise<readonly BoundAddress[]>;
  /** The charts of what runs, by file. Rejects where a data thread does not answer. */
  graphs(): Promise<Readonly<Record<string, Graph>>>;
  /** What came to each pipeline and filter of what runs, over all data threads. */
  activity(): Promise<ProgramActivity>;
  /** A table of pipelines and their sessions, for people. */
  census(): Promise<string[]>;
  /** What threads and sinks are doing. */
  health(): HealthReport;
  /** Requests of each data thread so far; what it shows is of now at each look. */
  readonly traffic: readonly TrafficTotals[];
  /** The main thread and all data threads. */
  readonly profiledThreads: readonly ProfiledThread[];
  /** Stop accepting, finish what is in flight within the deadline, deliver everything. Safe twice. */
  stop(deadlineMs: number): Promise<{ left: number; bySink: ReadonlyMap<string, number> }>;
  /** Cut what is in flight, during a `stop`. */
  cut(): void;
  /** Rejects when a data thread dies; resolves after `stop`. */
  readonly done: Promise<void>;
}

/** Starts the whole gateway: the data directory, delivery on this thread, the traffic on a data thread. */
export async function startGateway(init: {
  options: Options;
  /** Null for nothing until `startProgram`. */
  program: ProgramSource | null;
  log: Log;
  /** The standard variables of OpenTelemetry are read from it. */
  env?: NodeJS.ProcessEnv;
  /** Where `--stdout` writes. */
  output?: Writable;
  /** Takes what all threads count. */
  metrics?: MetricRegistry;
  tracing?: Tracing;
}): Promise<Gateway> {
  const { options, program, log, env = {}, output = process.stdout } = init;
  const { metrics = new MetricRegistry(), tracing = NO_TRACING } = init;
  const directory = isRecording(program, options) ? DataDirectory.open(options.dataDir) : null;
  const threads: ThreadHost[] = [];
  let delivery: Delivery | null = null;
  try {
    if (directory !== null) tellOfCrash(directory.paths.ledger, log);
    if (directory !== null)
      delivery = newDelivery({
        directory,
        options,
        metrics,
        tracing,
        log,
        sinks: newSinks({ directory, options, env, metrics, log, output }),
        isReleasing: true,
      });
    const delivering = delivery;
    await delivering?.start();
    const runId = newRunId();
    const traffic = Array.from({ length: options.threads }, () => new TrafficTotals());
    const connectionIds = new SharedArrayBuffer(8);
    const hmacKey = directory?.hmacKey() ?? Buffer.alloc(0);
    let addresses: readonly BoundAddress[] = [];
    // One after the other: those after the first listen where it was bound.
    for (let number = 0; number < options.threads; number++) {
      const stream = { run: runId, thread: number };
      const init = {
        options: withoutSecrets(options),
        paths: directory?.paths ?? null,
        program,
        runId,
        thread: number,
        hmacKey,
        connectionIds,
        trafficMemory: traffic[number]!.memory,
        addresses,
      };
      delivering?.noteOpened(stream);
      const thread = new ThreadHost(init, log, metrics, () => delivering?.noteFlushed());
      threads.push(thread);
      const bound = await thread.listening;
      if (number === 0) addresses = bound;
    }
    const programs = new ProgramSwitch(threads, options, program, addresses);
    let stopping: ReturnType<Gateway['stop']> | null = null;
    const stop: Gateway['stop'] = async (deadlineMs) => {
      await Promise.all(threads.map((thread) => thread.stop(deadlineMs)));
      if (delivering === null) return { left: 0, bySink: new Map() };
      for (const [number] of threads.entries()) delivering.noteEnded({ run: runId, thread: number });
      const result = await delivering.stop(LAST_DELIVERY_MS);
      directory!.close();
      return result;
    };
    const done = Promise.all(threads.map((thread) => thread.done)).then(() => {});
    // Who does not await it need not handle it.
    done.catch(() => {});
    return {
      addresses,
      isRecording: directory !== null,
      storeFile: directory === null || options.store === 'off' ? null : directory.paths.store,
      recording: directory === null ? 'none' : (program?.isBuiltIn ?? false) ? options.capture : 'on',
      done,
      program: () => programs.running,
      get isSwitching() {
        return programs.isSwitching;
      },
      startProgram: (source) => tracing.span('tapline.start-program', {}, () => programs.start(source)),
      stopProgram: () => programs.stop(),
      reload: () => tracing.span('tapline.reload', {}, () => programs.reload()),
      graphs: () => programs.graphs(),
      activity: () => programs.activity(),
      health: () => ({
        state: stopping !== null ? 'stopping' : programs.running === null ? 'idle' : 'running',
        threads: threads.map(({ name, isAlive }) => ({ name, isAlive })),
        ...deliveryHealth(delivering?.status() ?? null),
      }),
      traffic,
      census: async () => {
        const tables = await Promise.all(threads.map((thread) => thread.ask<string[]>({ type: 'census' })));
        return tables.flat();
      },
      profiledThreads: [ownThread('main'), ...threads.map(({ profiled }) => profiled)],
      cut: () => {
        for (const thread of threads) thread.cut();
      },
      stop: (deadlineMs) => (stopping ??= stop(deadlineMs)),
    };
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.stop(0)));
    await delivery?.stop(0);
    directory?.close();
    throw error;
  }
}

/** Whether the program makes records; one that is started later may. Throws, with the place, where it cannot be loaded. */
function isRecording(source: ProgramSource | null, options: Options): boolean {
  if (source === null || source.isBuiltIn) return true;
  try {
    const program = loadOnly({ program: source, options }, { write: () => {} });
    program.release();
    return program.usesGlobal('audit');
  } catch (error) {
    throw error instanceof ScriptError ? new Error(error.format(), { cause: error }) : error;
  }
}

/** Sorts by time of start; unique enough that two runs of one second differ. */
function newRunId(): string {
  return `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
}

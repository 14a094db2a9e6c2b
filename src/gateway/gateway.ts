import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { type Options, withoutSecrets } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { ScriptError } from '../script/script-error.ts';
import { DataDirectory } from '../spool/data-directory.ts';
import { ownThread, type ProfiledThread, workerThread } from '../profiling/profiled-thread.ts';
import type { HealthReport } from '../telemetry/health-report.ts';
import { MetricRegistry } from '../telemetry/metric-registry.ts';
import { TrafficTotals } from '../telemetry/traffic-totals.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { type DataThreadInit, loadOnly } from './data-thread.ts';
import type { BoundAddress } from './front.ts';
import type { Delivery } from '../sinks/delivery/delivery.ts';
import { deliveryHealth } from './delivery-health.ts';
import { newDelivery } from './new-delivery.ts';
import { newSinks } from './new-sinks.ts';
import type { FromDataThread, Question, ToDataThread } from './thread-messages.ts';

/**
 * Records live for one batch: a young generation that holds a batch spares them the way into the old one. Three semi-spaces of 8 MB: one of 16
 * took no less CPU time, one of 4 a little more. Where Node is started with --max-semi-space-size, that holds instead.
 */
const YOUNG_GENERATION_MB = 24;

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
  /** Load the program anew and switch to it; rejects, and the old one runs on, where that fails. Gives where it listens now. */
  reload(): Promise<readonly BoundAddress[]>;
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
  script: string | null;
  log: Log;
  /** The standard variables of OpenTelemetry are read from it. */
  env?: NodeJS.ProcessEnv;
  /** Where `--stdout` writes. */
  output?: Writable;
  /** Takes what all threads count. */
  metrics?: MetricRegistry;
  tracing?: Tracing;
}): Promise<Gateway> {
  const { options, script, log, env = {}, output = process.stdout } = init;
  const { metrics = new MetricRegistry(), tracing = NO_TRACING } = init;
  const directory = isRecording(script, options) ? DataDirectory.open(options.dataDir) : null;
  const threads: ThreadHost[] = [];
  let delivery: Delivery | null = null;
  try {
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
        script,
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
      recording: directory === null ? 'none' : script === null ? options.capture : 'on',
      done,
      reload: () => tracing.span('tapline.reload', {}, () => reload(threads)),
      health: () => ({
        state: stopping === null ? 'running' : 'stopping',
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

/** Whether the program makes records. Throws, with the place, where it cannot be loaded. */
function isRecording(script: string | null, options: Options): boolean {
  if (script === null) return true;
  try {
    const program = loadOnly({ script, options }, { write: () => {} });
    program.release();
    return program.usesGlobal('audit');
  } catch (error) {
    throw error instanceof ScriptError ? new Error(error.format(), { cause: error }) : error;
  }
}

/**
 * Every data thread loads the program anew and binds its new ports; only where all could, all switch (spec cli 6). Rejects with what is
 * wrong; the old program runs on then.
 */
async function reload(threads: readonly ThreadHost[]): Promise<readonly BoundAddress[]> {
  let addresses: readonly BoundAddress[] = [];
  try {
    for (const thread of threads)
      addresses = await thread.ask<readonly BoundAddress[]>({ type: 'prepare-reload', addresses });
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.ask({ type: 'cancel-reload' })));
    throw error;
  }
  await Promise.all(threads.map((thread) => thread.ask({ type: 'commit-reload' })));
  return addresses;
}

/** The main thread's side of a data thread. */
class ThreadHost {
  readonly listening: Promise<readonly BoundAddress[]>;
  readonly done: Promise<void>;
  readonly name: string;
  readonly profiled: ProfiledThread;
  isAlive = true;
  readonly #worker: Worker;
  readonly #questions = new Map<number, PromiseWithResolvers<unknown>>();
  #lastQuestion = 0;

  constructor(init: DataThreadInit, log: Log, metrics: MetricRegistry, onFlushed: () => void) {
    this.name = `data-${init.thread}`;
    const worker = new Worker(new URL('./data-thread-entry.ts', import.meta.url), {
      workerData: init,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      name: this.name,
    });
    this.#worker = worker;
    this.profiled = workerThread(this.name, worker);
    const listening = Promise.withResolvers<readonly BoundAddress[]>();
    const done = Promise.withResolvers<void>();
    this.listening = listening.promise;
    this.done = done.promise;
    // Whoever awaits only one of the two still hears of the failure; the other must not count as unhandled.
    this.done.catch(() => {});
    let failure: Error | null = null;
    worker.on('message', (message: FromDataThread) => {
      if (message.type === 'log') log.write(message.level, message.message);
      else if (message.type === 'flushed') onFlushed();
      else if (message.type === 'metrics') metrics.take(this.name, message.snapshots);
      else if (message.type === 'listening') listening.resolve(message.addresses);
      else if (message.type === 'answer') this.#take(message.id)?.resolve(message.value);
      else if (message.type === 'refusal') this.#take(message.id)?.reject(new Error(message.message));
      else if (message.type === 'failed') failure = new Error(message.message);
    });
    worker.on('error', (error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      log.write('error', `[gateway] data thread ${init.thread} failed: ${failure.stack ?? failure.message}`);
    });
    worker.on('exit', () => {
      this.isAlive = false;
      metrics.retire(this.name);
      if (failure === null) done.resolve();
      else done.reject(failure);
      for (const id of [...this.#questions.keys()])
        this.#take(id)?.reject(failure ?? new Error('the data thread has ended'));
      listening.reject(failure ?? new Error('the data thread ended before it was listening'));
    });
  }

  /** Rejects with the thread's error, or where it ends before it has answered. */
  ask<T>(question: Question): Promise<T> {
    const id = ++this.#lastQuestion;
    const answer = Promise.withResolvers<unknown>();
    this.#questions.set(id, answer);
    const message: ToDataThread = { type: 'ask', id, question };
    this.#worker.postMessage(message);
    return answer.promise as Promise<T>;
  }

  #take(id: number): PromiseWithResolvers<unknown> | undefined {
    const question = this.#questions.get(id);
    this.#questions.delete(id);
    return question;
  }

  /** Closes every connection now. */
  cut(): void {
    const message: ToDataThread = { type: 'cut' };
    this.#worker.postMessage(message);
  }

  /** Resolves when the thread has written everything and ended. */
  async stop(deadlineMs: number): Promise<void> {
    const message: ToDataThread = { type: 'stop', deadlineMs };
    this.#worker.postMessage(message);
    await this.done.catch(() => {});
  }
}

/** Sorts by time of start; unique enough that two runs of one second differ. */
function newRunId(): string {
  return `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
}

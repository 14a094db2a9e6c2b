import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { Delivery } from '../sinks/delivery/delivery.ts';
import { StoreSink } from '../sinks/store/store-sink.ts';
import { DataDirectory } from '../spool/data-directory.ts';
import type { DataThreadInit } from './data-thread.ts';
import { newRecorder } from './new-recorder.ts';
import type { FromDataThread, ToDataThread } from './thread-messages.ts';

/**
 * Records live for one batch: a young generation that holds a batch spares them the way into the old one. Side by side, 60,000 requests with
 * full capture took 0.82 of the CPU that V8's default took, at the same peak of memory.
 */
const YOUNG_GENERATION_MB = 64;

/** How long the sinks may take at the end to catch up with the spool; what is left is delivered at the next start. */
const LAST_DELIVERY_MS = 10_000;

export interface Gateway {
  readonly addresses: readonly { address: string; port: number }[];
  /** Stop accepting, finish what is in flight within the deadline, deliver everything. Safe twice. */
  stop(deadlineMs: number): Promise<{ left: number }>;
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
}): Promise<Gateway> {
  const { options, script, log } = init;
  const directory = DataDirectory.open(options.dataDir);
  const delivery = newDelivery(directory, options, log);
  try {
    await delivery.start();
    const runId = newRunId();
    const stream = { run: runId, thread: 0 };
    const thread = new ThreadHost(
      {
        options,
        paths: directory.paths,
        script,
        runId,
        thread: 0,
        hmacKey: directory.hmacKey(),
      },
      log,
      () => delivery.noteFlushed(stream),
    );
    const addresses = await thread.listening;
    let stopping: Promise<{ left: number }> | null = null;
    const stop = async (deadlineMs: number): Promise<{ left: number }> => {
      await thread.stop(deadlineMs);
      delivery.noteEnded(stream);
      const result = await delivery.stop(LAST_DELIVERY_MS);
      directory.close();
      return result;
    };
    return {
      addresses,
      done: thread.done,
      cut: () => thread.cut(),
      stop: (deadlineMs) => (stopping ??= stop(deadlineMs)),
    };
  } catch (error) {
    await delivery.stop(0);
    directory.close();
    throw error;
  }
}

/** The way from the spool of a data directory into its store. */
export function newDelivery(directory: DataDirectory, options: Options, log: Log): Delivery {
  return new Delivery({
    spoolFolder: directory.paths.spool,
    log,
    sinks: [
      new StoreSink({
        file: directory.paths.store,
        log,
        maxBytes: options.storeSizeBytes,
        maxAgeMs: options.storeAgeMs,
      }),
    ],
    // A stretch that damage took has no sequence number of its own: its gap record has 0.
    makeGap: ({ run, thread }, facts) =>
      newRecorder({ options, runId: run, thread, hmacKey: directory.hmacKey() }, () => 0).gap(facts),
  });
}

/** The main thread's side of a data thread. */
class ThreadHost {
  readonly listening: Promise<readonly { address: string; port: number }[]>;
  readonly done: Promise<void>;
  readonly #worker: Worker;

  constructor(init: DataThreadInit, log: Log, onFlushed: () => void) {
    const worker = new Worker(new URL('./data-thread-entry.ts', import.meta.url), {
      workerData: init,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      name: `data-${init.thread}`,
    });
    this.#worker = worker;
    const listening = Promise.withResolvers<readonly { address: string; port: number }[]>();
    const done = Promise.withResolvers<void>();
    this.listening = listening.promise;
    this.done = done.promise;
    // Whoever awaits only one of the two still hears of the failure; the other must not count as unhandled.
    this.done.catch(() => {});
    let failure: Error | null = null;
    worker.on('message', (message: FromDataThread) => {
      if (message.type === 'log') log.write(message.level, message.message);
      else if (message.type === 'flushed') onFlushed();
      else if (message.type === 'listening') listening.resolve(message.addresses);
      else if (message.type === 'failed') failure = new Error(message.message);
    });
    worker.on('error', (error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      log.write('error', `[gateway] data thread ${init.thread} failed: ${failure.stack ?? failure.message}`);
    });
    worker.on('exit', () => {
      if (failure === null) done.resolve();
      else done.reject(failure);
      listening.reject(failure ?? new Error('the data thread ended before it was listening'));
    });
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

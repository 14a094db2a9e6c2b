import { Worker } from 'node:worker_threads';
import type { Log } from '../core/ports.ts';
import { type ProfiledThread, workerThread } from '../profiling/profiled-thread.ts';
import type { MetricRegistry } from '../telemetry/metric-registry.ts';
import type { DataThreadInit } from './data-thread.ts';
import type { BoundAddress } from './front.ts';
import { ProgramError } from './program-fault.ts';
import type { FromDataThread, Question, ToDataThread } from './thread-messages.ts';

/**
 * Records live for one batch: a young generation that holds a batch spares them the way into the old one. Three semi-spaces of 8 MB: one of 16
 * took no less CPU time, one of 4 a little more. Where Node is started with --max-semi-space-size, that holds instead.
 */
const YOUNG_GENERATION_MB = 24;

/** A data thread that takes longer for an answer is stuck. */
const ANSWER_MS = 30_000;

/** The main thread's side of a data thread. */
export class ThreadHost {
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
      else if (message.type === 'refusal') this.#take(message.id)?.reject(new ProgramError(message.fault));
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

  /** Rejects with the thread's error, where it ends before it has answered, or where it does not answer in time. */
  ask<T>(question: Question, timeoutMs: number = ANSWER_MS): Promise<T> {
    const id = ++this.#lastQuestion;
    const answer = Promise.withResolvers<unknown>();
    this.#questions.set(id, answer);
    const message: ToDataThread = { type: 'ask', id, question };
    this.#worker.postMessage(message);
    const timer = setTimeout(
      () =>
        this.#take(id)?.reject(
          new Error(
            `data thread ${this.name} does not answer in ${timeoutMs} ms; is a script busy without end?`,
          ),
        ),
      timeoutMs,
    );
    timer.unref();
    return (answer.promise as Promise<T>).finally(() => clearTimeout(timer));
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

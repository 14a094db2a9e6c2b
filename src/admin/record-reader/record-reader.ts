import { Worker } from 'node:worker_threads';
import type { Log } from '../../core/ports.ts';
import type { Answer, Answers, Question } from './question.ts';
import { ReaderFault } from './reader-fault.ts';
import type { FromReader, ToReader } from './reader-message.ts';

/** Questions that may wait at a time; more are refused. */
const MAX_QUESTIONS = 64;
/** No question takes so long where all is well: each is answered in parts. One that waits for records has its own time besides. */
const ANSWER_TIMEOUT_MS = 60_000;
const IDLE_MS = 60_000;
/** What the thread may hold in JavaScript; beyond it dies, and its questions fail. */
const MAX_HEAP_MB = 192;
const YOUNG_GENERATION_MB = 8;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks the store in a thread of its own, so that neither traffic nor delivery waits for a search. The thread is started by the first question, and ended
 * when nobody has asked for a while.
 */
export class RecordReader {
  readonly #file: string;
  readonly #idleMs: number;
  readonly #log: Log | null;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #exited: Promise<void> = Promise.resolve();
  #idleTimer: NodeJS.Timeout | null = null;
  #lastId = 0;
  #isStopped = false;

  /** @param init `file`: of the store; it need not be there yet */
  constructor({
    file,
    idleMs = IDLE_MS,
    log = null,
  }: {
    readonly file: string;
    readonly idleMs?: number;
    readonly log?: Log | null;
  }) {
    this.#file = file;
    this.#idleMs = idleMs;
    this.#log = log;
  }

  /** Whether the thread runs. */
  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** Rejects with ReaderFault, or with the reason of the signal. */
  async ask<Q extends Question>(question: Q, signal: AbortSignal): Promise<Answers[Q['type']]> {
    signal.throwIfAborted();
    if (this.#isStopped) throw new ReaderFault('failed', 'The gateway stops: no more records are read.');
    if (this.#pending.size >= MAX_QUESTIONS)
      throw new ReaderFault('busy', 'Too many questions about records are waiting. Ask again in a second.');
    const id = ++this.#lastId;
    const worker = (this.#worker ??= this.#start());
    const answer = Promise.withResolvers<Answer>();
    this.#pending.set(id, answer);
    this.#noteUse(worker);
    const cancel = (): void => {
      worker.postMessage({ type: 'cancel', id } satisfies ToReader);
      answer.reject(signal.reason);
    };
    signal.addEventListener('abort', cancel);
    const timer = setTimeout(
      () => this.#giveUp(worker),
      ANSWER_TIMEOUT_MS + (question.type === 'follow' ? question.waitMs : 0),
    );
    worker.postMessage({ type: 'ask', id, question } satisfies ToReader);
    try {
      return (await answer.promise) as Answers[Q['type']];
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      this.#pending.delete(id);
      this.#noteUse(worker);
    }
  }

  /** Ends the thread; questions under way fail. Safe before the first question and twice. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#end();
    await this.#exited;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./record-reader-entry.ts', import.meta.url), {
      name: 'record-reader',
      workerData: { file: this.#file },
      resourceLimits: {
        maxOldGenerationSizeMb: MAX_HEAP_MB,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
    });
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    let failure: Error | null = null;
    worker.on('message', (message: FromReader) => {
      const pending = this.#pending.get(message.id);
      if (message.type === 'answer') pending?.resolve(message.answer);
      else pending?.reject(new ReaderFault(message.kind, message.message));
    });
    worker.on('error', (error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      this.#log?.write(
        'error',
        `[gui] the thread that reads records has failed (${codeOf(failure)}); the next question starts another`,
      );
    });
    worker.on('exit', () => {
      this.#forget(worker, failure);
      exited.resolve();
    });
    return worker;
  }

  /** Keeps the process alive only while somebody waits, and ends a thread that nobody uses. */
  #noteUse(worker: Worker): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
    if (this.#worker !== worker) return;
    if (this.#pending.size > 0) worker.ref();
    else {
      worker.unref();
      this.#idleTimer = setTimeout(() => this.#end(), this.#idleMs).unref();
    }
  }

  #end(): void {
    const worker = this.#worker;
    if (worker === null) return;
    worker.ref();
    worker.postMessage({ type: 'stop' } satisfies ToReader);
    this.#forget(worker, null);
  }

  /** A thread that does not answer is ended; the next question starts another. */
  #giveUp(worker: Worker): void {
    this.#forget(worker, new Error('it did not answer in time'));
    void worker.terminate();
  }

  #forget(worker: Worker, failure: Error | null): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
    for (const { reject } of this.#pending.values())
      reject(
        new ReaderFault(
          'failed',
          failure === null
            ? 'The thread that reads records has ended. Ask again.'
            : `The thread that reads records has failed (${codeOf(failure)}). Ask again.`,
          { cause: failure },
        ),
      );
  }
}

/** No message: it might quote what was read. */
function codeOf(error: Error & { code?: string }): string {
  return error.code ?? error.name;
}

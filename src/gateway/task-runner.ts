import { MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import { Session } from '../core/pipeline.ts';
import type { Log } from '../core/ports.ts';
import { Stream } from '../core/stream.ts';
import type { Program, TaskDeclaration } from '../script/program.ts';

/** Runs after which a task that is still active is told about, once (spec language 4.3). */
const TICKS_UNTIL_WARNING = 10;

/** One `task` pipeline: a run right after start, then one a tick, never two at a time. */
export class TaskRunner {
  readonly #program: Program;
  readonly #task: TaskDeclaration;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #session: Session | null = null;
  #ticksActive = 0;

  constructor(program: Program, task: TaskDeclaration, log: Log) {
    this.#program = program;
    this.#task = task;
    this.#log = log;
  }

  start(): void {
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), this.#task.intervalMs);
  }

  /** No further runs; the current one goes on until it ends by itself. */
  finish(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** No further runs; the current one ends. Safe before `start` and twice. */
  stop(): void {
    this.finish();
    this.#session?.release(new SessionEnd());
    this.#session = null;
  }

  #tick(): void {
    if (this.#session !== null) {
      if (++this.#ticksActive === TICKS_UNTIL_WARNING)
        this.#log.write(
          'warn',
          `[task] ${this.#task.layout.name} is still running after ${TICKS_UNTIL_WARNING} intervals`,
        );
      return;
    }
    this.#ticksActive = 0;
    const session = new Session(
      this.#task.layout,
      this.#program.createContext(null),
      new Stream(),
      (event) => {
        if (event.kind !== 'session-end') return;
        queueMicrotask(() => {
          session.release(new SessionEnd());
          if (this.#session === session) this.#session = null;
        });
      },
    );
    this.#session = session;
    session.input(new MessageStart());
    session.input(new MessageEnd());
  }
}

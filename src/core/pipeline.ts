import type { Context } from './context.ts';
import { type Event, SessionEnd } from './event.ts';
import type { Stream } from './stream.ts';

/** The state of one filter in one session. Events come in by `receive` and leave by `emit`. Never throws. */
export abstract class Stage {
  session!: Session;
  /** Of its filter. */
  counts!: FilterCounts;
  next: Stage | null = null;

  abstract receive(event: Event): void;

  /** The session is made and nothing has come in yet: the place to join shared state. */
  begin(): void {}

  /** The session is over: end what this filter holds (children, sockets, timers). Called once. */
  release(_reason: SessionEnd): void {}

  protected emit(event: Event): void {
    const { next } = this;
    if (next === null) this.session.deliver(event);
    else this.session.hand(next, event);
  }
}

/** Where in a script something stands; line from 1, column from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What came to a filter in all its sessions, and went wrong in it. */
export interface FilterCounts {
  /** Events that it received. */
  events: number;
  errors: number;
  lastError: FilterError | null;
}

export interface FilterError {
  /** In words, bounded; of an error of a script it may quote what passed. */
  readonly message: string;
  /** Since 1970. */
  readonly atMs: number;
  /** Null where only the filter's own place is known. */
  readonly place: SourcePlace | null;
}

/** Characters of an error that are kept to be shown. */
const MAX_ERROR_LENGTH = 300;

/** Something went wrong in a filter. @param atMs wall clock */
export function countError(
  counts: FilterCounts,
  message: string,
  atMs: number,
  place: SourcePlace | null,
): void {
  counts.errors++;
  counts.lastError = { message: message.slice(0, MAX_ERROR_LENGTH), atMs, place };
}

/** One filter of a layout, arguments checked: makes a stage per session. */
export interface FilterDefinition {
  readonly name: string;
  readonly place: SourcePlace | null;
  /** Names of the pipelines it sends to, for load checks and graphs. */
  readonly targets: readonly string[];
  /** The pipeline of another file that it sends to. */
  readonly uses: ModuleTarget | null;
  /** What its targets emit is thrown away. */
  readonly isMirror: boolean;
  readonly counts: FilterCounts;
  createStage(): Stage;
}

/** A named pipeline of another file, as a script writes it. */
export interface ModuleTarget {
  readonly file: string;
  readonly pipeline: string;
}

/** How many sessions a pipeline had and has. */
export interface SessionCounts {
  made: number;
  active: number;
}

/** A pipeline's description: built once at load, immutable afterwards (design 4). */
export interface PipelineLayout {
  readonly kind: 'listen' | 'task' | 'named';
  readonly name: string;
  readonly filters: readonly FilterDefinition[];
  readonly program: ProgramHooks;
  readonly sessions: SessionCounts;
}

/** What a session needs of the program that its pipeline belongs to. */
export interface ProgramHooks {
  /** Calls a script's function in `context`; throws what it throws. */
  invoke<T>(context: Context, fn: (...args: never[]) => T, args: readonly unknown[]): T;
  /** Bytes of one message, or of one buffer, that a filter may hold; beyond it the session ends with BufferOverflow. */
  readonly maxMessageBytes: number;
  /** True under `--compat`. */
  readonly isCompat: boolean;
  /** Says that a filter did nothing with a value that is no event. */
  reportStranger(error: unknown, pipeline: string, filter: FilterDefinition | null): void;
  /** Reports a failed callback with its place in the script. */
  reportError(error: unknown, pipeline: string, filter: FilterDefinition | null): void;
}

/** What `call` gives where the callback failed; the session is aborted then. */
export const FAILED: unique symbol = Symbol('failed');

/**
 * One run of a pipeline: a chain of stages in a context. States: `open` → `aborted` (a callback failed: further input is
 * ignored, spec language 9) → `released`.
 */
export class Session {
  readonly layout: PipelineLayout;
  readonly context: Context;
  readonly stream: Stream;
  readonly #output: (event: Event) => void;
  readonly #stages: Stage[];
  #state: 'open' | 'aborted' | 'released' = 'open';
  #isReleasing = false;
  #hasInputEnded = false;
  /** True once a SessionEnd came out of the end of the pipeline, or it aborted. */
  isDone = false;

  constructor(layout: PipelineLayout, context: Context, stream: Stream, output: (event: Event) => void) {
    this.layout = layout;
    this.context = context;
    this.stream = stream;
    this.#output = output;
    this.#stages = layout.filters.map((filter) => filter.createStage());
    for (let index = 0; index < this.#stages.length; index++) {
      const stage = this.#stages[index]!;
      stage.session = this;
      stage.counts = layout.filters[index]!.counts;
      stage.next = this.#stages[index + 1] ?? null;
    }
    layout.sessions.made++;
    layout.sessions.active++;
    for (const stage of this.#stages) stage.begin();
  }

  /** Feed one event into the first filter. Nothing comes after a SessionEnd. */
  input(event: Event): void {
    if (this.#state !== 'open' || this.#hasInputEnded) return;
    if (event.kind === 'session-end') this.#hasInputEnded = true;
    const first = this.#stages[0];
    if (first === undefined) this.deliver(event);
    else this.hand(first, event);
  }

  /**
   * An event for a stage. What a stage throws (a value of a script whose `toString` fails, a fault of ours) ends its own session and nothing
   * else.
   */
  hand(stage: Stage, event: Event): void {
    stage.counts.events++;
    try {
      stage.receive(event);
    } catch (error) {
      this.abort(stage, error);
    }
  }

  /** An event at the end of the pipeline; called by the last stage. */
  deliver(event: Event): void {
    if (this.#state !== 'open' || this.isDone) return;
    if (event.kind === 'session-end') this.isDone = true;
    this.#output(event);
  }

  /** Call a script's function in this session's context; FAILED (and the session aborted) where it throws. */
  call<T>(stage: Stage, fn: (...args: never[]) => T, ...args: unknown[]): T | typeof FAILED {
    let result: T;
    try {
      result = this.layout.program.invoke(this.context, fn, args);
    } catch (error) {
      this.abort(stage, error);
      return FAILED;
    }
    this.context.group.notify();
    return result;
  }

  /** A callback of `stage` failed: report it and end this session only (spec language 9). */
  abort(stage: Stage, error: unknown): void {
    if (this.#state !== 'open') return;
    const filter = this.layout.filters[this.#stages.indexOf(stage)] ?? null;
    this.layout.program.reportError(error, this.layout.name, filter);
    if (!this.isDone) {
      this.isDone = true;
      this.#output(new SessionEnd('RuntimeError', messageOf(error)));
    }
    if (this.#state === 'open') this.#state = 'aborted';
  }

  /** The bound of what a stage may hold. */
  get maxMessageBytes(): number {
    return this.layout.program.maxMessageBytes;
  }

  /**
   * A script gave a value that is no event: the session is aborted, so that the peer is not left hanging; the original only said so (spec
   * events-and-data 6).
   */
  refuseValue(stage: Stage, error: unknown): void {
    const { program, name, filters } = this.layout;
    if (program.isCompat) program.reportStranger(error, name, filters[this.#stages.indexOf(stage)] ?? null);
    else this.abort(stage, error);
  }

  /** Give back everything: every stage ends what it holds, children get `reason`. Safe twice. */
  release(reason: SessionEnd = new SessionEnd()): void {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    // Stages may still deliver while they are released (a mirror finishes its record for a client that went away).
    for (const stage of this.#stages)
      try {
        stage.release(reason);
      } catch (error) {
        this.abort(stage, error);
      }
    this.#state = 'released';
    this.layout.sessions.active--;
  }
}

/** The words of whatever was thrown; a script may throw anything. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'an error without words';
  }
}

import type { LaneEvent, LaneStateName } from './lane-state.ts';

/** Something that went wrong at a sink; times in ms since the epoch. */
export interface LaneError {
  readonly message: string;
  readonly atMs: number;
}

/** Since when a lane does not deliver, and what went wrong last: that outlives the state, which forgets it when the sink is back. */
export class LaneTrouble {
  #sinceMs: number | null;
  #lastError: LaneError | null = null;

  /** @param nowMs wall clock; a lane begins without having delivered anything */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** Since when the sink takes nothing; null while it does. */
  get sinceMs(): number | null {
    return this.#sinceMs;
  }

  /** Null where nothing went wrong yet. */
  get lastError(): LaneError | null {
    return this.#lastError;
  }

  /** The lane has moved to a state. */
  note(event: LaneEvent, state: LaneStateName, nowMs: number): void {
    if (state === 'running') this.#sinceMs = null;
    else this.#sinceMs ??= nowMs;
    if ('reason' in event) this.noteError(event.reason, nowMs);
  }

  /** Something went wrong that is no matter of state: a record was refused. */
  noteError(message: string, atMs: number): void {
    this.#lastError = { message, atMs };
  }
}

import { eventsOf } from './emit-value.ts';
import type { Event } from './event.ts';
import { FAILED, Stage } from './pipeline.ts';

/** What a `replace*` filter was given: a function of what it replaces, or what to emit as it is. */
export type Replacement = unknown;

/**
 * What a replacement stands for at this moment (spec events-and-data 6). Null where its function failed or gave something that is no
 * event.
 */
export function replacementEvents(stage: Stage, replacement: Replacement, replaced: unknown): Event[] | null {
  let result = replacement;
  if (typeof result === 'function') {
    result = stage.session.call(stage, result as (replaced: unknown) => unknown, replaced);
    if (result === FAILED) return null;
  }
  try {
    return eventsOf(result);
  } catch (error) {
    stage.session.refuseValue(stage, error);
    return null;
  }
}

/** Puts something else in the place of every event of one kind (spec filters, replaceData and its like). */
export class ReplacingStage extends Stage {
  readonly #kind: Event['kind'];
  readonly #replacement: Replacement;

  constructor(kind: Event['kind'], replacement: Replacement) {
    super();
    this.#kind = kind;
    this.#replacement = replacement;
  }

  receive(event: Event): void {
    // Flush marks pass: replacing them would double the output and keep it from being sent.
    const isMeant = event.kind === this.#kind && (event.kind !== 'data' || event.size > 0);
    if (!isMeant) this.emit(event);
    else for (const one of replacementEvents(this, this.#replacement, event) ?? []) this.emit(one);
  }
}

import type { Event } from './event.ts';
import { FAILED, Stage } from './pipeline.ts';

/** Calls a script's function with every event of one kind, then passes it on (spec filters, onData and its like). */
export class ObservingStage extends Stage {
  readonly #kind: Event['kind'];
  readonly #callback: (event: Event) => unknown;

  constructor(kind: Event['kind'], callback: (event: Event) => unknown) {
    super();
    this.#kind = kind;
    this.#callback = callback;
  }

  receive(event: Event): void {
    // The flush mark is no Data of a script's (spec events-and-data 1.2).
    const isMeant = event.kind === this.#kind && (event.kind !== 'data' || event.size > 0);
    if (isMeant && this.session.call(this, this.#callback, event) === FAILED) return;
    this.emit(event);
  }
}

import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';

type Callback = (event: Event) => unknown;

/** Observes the first event of a session, whatever its type (spec filters, onSessionStart). */
export const onSessionStart: FilterDeclaration = {
  name: 'onSessionStart',
  origin: 'spec',
  summary:
    'Calls a function with the first event of the session, then passes it on: the place to set its variables.',
  parameters: [{ name: 'callback', type: 'function', meaning: 'gets the event; its result is ignored' }],
  examples: ['pipy({ _seen: null }).listen(8000).onSessionStart(() => _seen = [])'],
  prepare(args) {
    const callback = args[0] as Callback;
    return () => new OnSessionStart(callback);
  },
};

class OnSessionStart extends Stage {
  readonly #callback: Callback;
  #hasStarted = false;

  constructor(callback: Callback) {
    super();
    this.#callback = callback;
  }

  receive(event: Event): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      if (this.session.call(this, this.#callback, event) === FAILED) return;
    }
    this.emit(event);
  }
}

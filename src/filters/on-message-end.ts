import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';

type Callback = (event: Event) => unknown;

/** Observes MessageEnd (spec filters, onData and its like). */
export const onMessageEnd: FilterDeclaration = {
  name: 'onMessageEnd',
  origin: 'spec',
  summary: 'Calls a function with every MessageEnd, then passes it on.',
  parameters: [{ name: 'callback', type: 'function', meaning: 'gets the event; its result is ignored' }],
  examples: ['pipy().listen(8000).onMessageEnd(e => console.log(e))'],
  prepare(args) {
    const callback = args[0] as Callback;
    return () => new OnMessageEnd(callback);
  },
};

class OnMessageEnd extends Stage {
  readonly #callback: Callback;

  constructor(callback: Callback) {
    super();
    this.#callback = callback;
  }

  receive(event: Event): void {
    if (event.kind === 'message-end') {
      if (this.session.call(this, this.#callback, event) === FAILED) return;
    }
    this.emit(event);
  }
}

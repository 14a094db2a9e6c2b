import { type Event, Message, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { MessageCollector } from '../core/message-collector.ts';
import { FAILED, Stage } from '../core/pipeline.ts';

type Callback = (message: Message) => unknown;

/** Observes whole messages while they pass (spec filters, onMessage). */
export const onMessage: FilterDeclaration = {
  name: 'onMessage',
  origin: 'spec',
  summary:
    'Passes everything on as it comes and calls a function with each complete message, just before its MessageEnd.',
  parameters: [{ name: 'callback', type: 'function', meaning: 'gets the Message; its result is ignored' }],
  examples: ['pipy().listen(8000).decodeHttpRequest().onMessage(m => console.log(m.body.size))'],
  prepare(args) {
    const callback = args[0] as Callback;
    return () => new OnMessage(callback);
  },
};

class OnMessage extends Stage {
  readonly #callback: Callback;
  readonly #collector = new MessageCollector();

  constructor(callback: Callback) {
    super();
    this.#callback = callback;
  }

  receive(event: Event): void {
    if (!this.#collector.note(event)) {
      this.emit(new SessionEnd('BufferOverflow', 'a message is too large for onMessage'));
      return;
    }
    if (event.kind === 'message-end') {
      const { head } = this.#collector;
      const body = this.#collector.take();
      if (body !== null && this.session.call(this, this.#callback, new Message(head, body)) === FAILED)
        return;
    }
    this.emit(event);
  }
}

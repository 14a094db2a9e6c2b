import { eventsOf } from '../core/emit-value.ts';
import { type Event, Message, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { MessageCollector } from '../core/message-collector.ts';
import { FAILED, Stage } from '../core/pipeline.ts';

/** Puts something else in the place of each message (spec filters, replaceMessage). */
export const replaceMessage: FilterDeclaration = {
  name: 'replaceMessage',
  origin: 'spec',
  summary: 'Consumes whole messages and emits the result of a function, or a literal, instead.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      meaning:
        'a function of the Message, or what to emit: an event, a Message, an array of them; nothing removes the message',
    },
  ],
  examples: [
    'pipy().listen(8000).decodeHttpRequest().replaceMessage(m => new Message({ status: 200 }, m.body)).encodeHttpResponse()',
  ],
  prepare(args) {
    const replacement = args[0];
    return () => new ReplaceMessage(replacement);
  },
};

class ReplaceMessage extends Stage {
  readonly #replacement: unknown;
  readonly #collector = new MessageCollector();

  constructor(replacement: unknown) {
    super();
    this.#replacement = replacement;
  }

  receive(event: Event): void {
    if (!this.#collector.note(event)) {
      this.emit(new SessionEnd('BufferOverflow', 'a message is too large for replaceMessage'));
      return;
    }
    switch (event.kind) {
      case 'message-start':
        return;
      case 'data':
        if (!this.#collector.isInside) this.emit(event);
        return;
      case 'message-end': {
        const { head } = this.#collector;
        const body = this.#collector.take();
        if (body === null) this.emit(event);
        else this.#replace(new Message(head, body));
        return;
      }
      case 'session-end':
        this.emit(event);
    }
  }

  #replace(message: Message): void {
    let result = this.#replacement;
    if (typeof result === 'function') {
      result = this.session.call(this, result as (message: Message) => unknown, message);
      if (result === FAILED) return;
    }
    let events: Event[];
    try {
      events = eventsOf(result);
    } catch (error) {
      this.session.abort(this, error);
      return;
    }
    for (const event of events) this.emit(event);
  }
}

import { CollectingStage } from '../core/collecting-stage.ts';
import type { Data } from '../core/data.ts';
import { type Event, Message, type MessageEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED } from '../core/pipeline.ts';

type Callback = (message: Message) => unknown;

/** Observes whole messages while they pass (spec filters, onMessage). */
export const onMessage: FilterDeclaration = {
  name: 'onMessage',
  origin: 'spec',
  summary:
    'Passes everything on as it comes and calls a function with each complete message, just before its MessageEnd.',
  parameters: [
    {
      name: 'callback',
      type: 'function',
      signature: '(message: Message) => any',
      meaning: 'gets the Message; its result is ignored',
    },
  ],
  examples: [
    'pipy().listen(8000).decodeHttpRequest().onMessage(m => console.log(m.head.path, m.body.size)).replaceMessage(new Message).encodeHttpResponse()',
  ],
  prepare(args) {
    const callback = args[0] as Callback;
    return () => new OnMessage(callback);
  },
};

class OnMessage extends CollectingStage {
  readonly #callback: Callback;

  constructor(callback: Callback) {
    super('onMessage');
    this.#callback = callback;
  }

  protected during(event: Exclude<Event, MessageEnd>): void {
    this.emit(event);
  }

  protected whole(head: object | null, body: Data, end: MessageEnd): void {
    if (this.session.call(this, this.#callback, new Message(head, body)) !== FAILED) this.emit(end);
  }
}

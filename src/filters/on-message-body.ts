import { CollectingStage } from '../core/collecting-stage.ts';
import type { Data } from '../core/data.ts';
import type { Event, MessageEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED } from '../core/pipeline.ts';

type Callback = (body: Data) => unknown;

/** Observes the bodies of messages while they pass (spec filters, onMessageBody). */
export const onMessageBody: FilterDeclaration = {
  name: 'onMessageBody',
  origin: 'spec',
  summary:
    'Passes everything on as it comes and calls a function with the body of each message, just before its MessageEnd.',
  parameters: [
    {
      name: 'callback',
      type: 'function',
      signature: '(body: Data) => any',
      meaning: 'gets the body; its result is ignored',
    },
  ],
  examples: [
    'pipy().listen(8000).decodeHttpRequest().onMessageBody(body => console.log(body.toString())).replaceMessage(new Message).encodeHttpResponse()',
  ],
  prepare(args) {
    const callback = args[0] as Callback;
    return () => new OnMessageBody(callback);
  },
};

class OnMessageBody extends CollectingStage {
  readonly #callback: Callback;

  constructor(callback: Callback) {
    super('onMessageBody');
    this.#callback = callback;
  }

  protected during(event: Exclude<Event, MessageEnd>): void {
    this.emit(event);
  }

  protected whole(_head: object | null, body: Data, end: MessageEnd): void {
    if (this.session.call(this, this.#callback, body) !== FAILED) this.emit(end);
  }
}

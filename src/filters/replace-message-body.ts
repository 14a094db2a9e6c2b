import { CollectingStage } from '../core/collecting-stage.ts';
import { Data } from '../core/data.ts';
import type { Event, MessageEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { type Replacement, replacementEvents } from '../core/replacing-stage.ts';

/** Puts something else in the place of each message's body (spec filters, replaceMessageBody). */
export const replaceMessageBody: FilterDeclaration = {
  name: 'replaceMessageBody',
  origin: 'spec',
  summary:
    'Collects the body of each message and emits the result of a function, or a literal, instead; the head stays.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      signature: 'Body | ((body: Data) => Body)',
      meaning:
        'a function of the body, or what to put in its place: Data, text, an array of them; nothing empties the body',
    },
  ],
  examples: [
    'pipy().listen(8000).decodeHttpRequest().replaceMessageBody(body => new Data(body.toString().toUpperCase())).encodeHttpResponse()',
  ],
  prepare: (args) => () => new ReplaceMessageBody(args[0]),
};

class ReplaceMessageBody extends CollectingStage {
  readonly #replacement: Replacement;

  constructor(replacement: Replacement) {
    super('replaceMessageBody');
    this.#replacement = replacement;
  }

  protected during(event: Exclude<Event, MessageEnd>, isInside: boolean): void {
    if (event.kind !== 'data' || !isInside) this.emit(event);
  }

  protected whole(_head: object | null, body: Data, end: MessageEnd): void {
    const events = replacementEvents(this, this.#replacement, body);
    if (events === null) {
      this.emit(end);
      return;
    }
    const stranger = events.find((event) => !(event instanceof Data));
    if (stranger !== undefined) {
      this.session.refuseValue(this, new TypeError(`a body is Data, not ${stranger.kind}`));
      this.emit(end);
      return;
    }
    for (const event of events) this.emit(event);
    this.emit(end);
  }
}

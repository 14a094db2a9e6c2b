import { CollectingStage } from '../core/collecting-stage.ts';
import type { Data } from '../core/data.ts';
import { type Event, Message, type MessageEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { type Replacement, replacementEvents } from '../core/replacing-stage.ts';

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
      signature: 'Emitted | ((message: Message) => Emitted)',
      meaning:
        'a function of the Message, or what to emit: an event, a Message, an array of them; nothing removes the message',
    },
  ],
  examples: [
    'pipy().listen(8000).decodeHttpRequest().replaceMessage(m => new Message({ status: 200 }, m.body)).encodeHttpResponse()',
  ],
  prepare: (args) => () => new ReplaceMessage(args[0]),
};

class ReplaceMessage extends CollectingStage {
  readonly #replacement: Replacement;

  constructor(replacement: Replacement) {
    super('replaceMessage');
    this.#replacement = replacement;
  }

  protected during(event: Exclude<Event, MessageEnd>, isInside: boolean): void {
    if (!isInside || event.kind === 'session-end') this.emit(event);
  }

  protected whole(head: object | null, body: Data): void {
    const message = new Message(head, body);
    for (const event of replacementEvents(this, this.#replacement, message) ?? []) this.emit(event);
  }
}

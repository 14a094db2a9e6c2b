import type { Data } from './data.ts';
import { type Event, type MessageEnd, SessionEnd } from './event.ts';
import { MessageCollector } from './message-collector.ts';
import { Stage } from './pipeline.ts';

/** A stage that sees whole messages (spec filters 0, "message body collection"). States: `open` → `ended`. */
export abstract class CollectingStage extends Stage {
  readonly #filterName: string;
  readonly #collector = new MessageCollector(() => this.session.maxMessageBytes);
  #state: 'open' | 'ended' = 'open';

  constructor(filterName: string) {
    super();
    this.#filterName = filterName;
  }

  receive(event: Event): void {
    if (this.#state === 'ended') return;
    if (event.kind === 'session-end') this.#state = 'ended';
    if (!this.#collector.note(event)) {
      this.#state = 'ended';
      this.emit(new SessionEnd('BufferOverflow', `a message is too large for ${this.#filterName}`));
      return;
    }
    if (event.kind !== 'message-end') {
      this.during(event, this.#collector.isInside);
      return;
    }
    const { head } = this.#collector;
    const body = this.#collector.take();
    if (body === null) this.emit(event);
    else this.whole(head, body, event);
  }

  /** Any event but the end of a message; `isInside` from MessageStart on. */
  protected abstract during(event: Exclude<Event, MessageEnd>, isInside: boolean): void;

  /** A message is whole; its end has not been passed on. */
  protected abstract whole(head: object | null, body: Data, end: MessageEnd): void;
}

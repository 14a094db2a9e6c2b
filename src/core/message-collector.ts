import { Data } from './data.ts';
import type { Event } from './event.ts';

/** Bytes of one message that a filter may collect where nobody says otherwise (spec events-and-data 9). */
export const DEFAULT_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Collects the body of the message that is passing: from MessageStart to MessageEnd (spec filters 0). */
export class MessageCollector {
  readonly #maxBytes: () => number;
  #views: Buffer[] = [];
  #bytes = 0;
  #head: object | null = null;
  #isInside = false;

  /** @param maxBytes the bound of a message, asked when it matters */
  constructor(maxBytes: () => number) {
    this.#maxBytes = maxBytes;
  }

  get isInside(): boolean {
    return this.#isInside;
  }

  /** Of the message that is passing; null between messages. */
  get head(): object | null {
    return this.#head;
  }

  /** Takes note of an event; false where the message has become larger than the bound. */
  note(event: Event): boolean {
    if (event.kind === 'message-start') {
      this.#isInside = true;
      this.#head = event.head;
      this.#views = [];
      this.#bytes = 0;
    } else if (event.kind === 'data' && this.#isInside && event.size > 0) {
      this.#bytes += event.size;
      if (this.#bytes > this.#maxBytes()) return false;
      if (event.views.length === 1) this.#views.push(event.views[0]!);
      else this.#views.push(...event.views);
    }
    return true;
  }

  /** Ends the message and gives its body; null where none was begun. Ask for its head before. */
  take(): Data | null {
    if (!this.#isInside) return null;
    this.#isInside = false;
    // A head may hold as much as a body does (a record its bytes), and the next message may be long in coming.
    this.#head = null;
    const body = this.#views.length === 1 ? Data.of(this.#views[0]!) : Data.ofViews(this.#views);
    this.#views = [];
    return body;
  }
}

import { Data } from '../../core/data.ts';
import { type Event, MessageEnd, type MessageStart } from '../../core/event.ts';
import { chunkSizeLine, CRLF, LAST_CHUNK } from './encode.ts';
import type { Framing } from './head.ts';

/** How one message is to be written; decided by the filter that knows the other half of the exchange. */
export interface EncodingPlan {
  /** The head as bytes. Throws TypeError for a part that cannot be written. */
  encodeHead(framing: Framing): Buffer;
  /** The framing of a body of known length; `none` for a message that has no such field. */
  framingOf(size: number): Framing;
  /** The framing of a body whose length is not known yet; null where the whole body must be collected first. */
  readonly streaming: Framing | null;
  /** False for a message that says the length of a body and does not send it (RFC 9110 section 9.3.2). */
  readonly sendsBody: boolean;
}

/** Held before a body counts as streaming although its turn is not over. */
const STREAM_ABOVE_BYTES = 64 * 1024;

/**
 * Writes HTTP/1 messages as they come: a message that is complete within a turn of the event loop gets its length, a longer one is
 * streamed. Emits MessageStart, the head, the body, MessageEnd (spec filters, encodeHttpRequest).
 */
export class MessageEncoder {
  readonly #emit: (event: Event) => void;
  readonly #onError: (error: unknown) => void;
  readonly #maxBytes: () => number;
  #start: MessageStart | null = null;
  #plan: EncodingPlan | null = null;
  /** How the body is written; null while the head is not. */
  #framing: Framing | null = null;
  #held: Data[] = [];
  #heldBytes = 0;
  #isChecking = false;

  /** @param maxBytes of a body that must be collected, asked when it matters */
  constructor(emit: (event: Event) => void, onError: (error: unknown) => void, maxBytes: () => number) {
    this.#emit = emit;
    this.#onError = onError;
    this.#maxBytes = maxBytes;
  }

  get isInside(): boolean {
    return this.#start !== null;
  }

  /** @param plan null where it is given at the end, so that the whole body is collected */
  start(start: MessageStart, plan: EncodingPlan | null): void {
    this.#start = start;
    this.#plan = plan;
    this.#framing = null;
    this.#held = [];
    this.#heldBytes = 0;
    if (plan?.streaming == null || this.#isChecking) return;
    this.#isChecking = true;
    queueMicrotask(() => {
      this.#isChecking = false;
      this.#guard(() => this.#stream());
    });
  }

  /** Throws RangeError where a body that must be collected grows beyond its bound. */
  data(data: Data): void {
    if (this.#start === null || data.size === 0) return;
    if (this.#framing !== null) {
      this.#body(data);
      return;
    }
    this.#held.push(data);
    this.#heldBytes += data.size;
    if (this.#heldBytes > STREAM_ABOVE_BYTES) this.#stream();
    if (this.#framing === null && this.#heldBytes > this.#maxBytes())
      throw new RangeError('a message is too large to be collected');
  }

  /** The message is whole. Throws what the plan's `encodeHead` throws. */
  end(plan: EncodingPlan | null = this.#plan): void {
    if (this.#start === null) return;
    this.#plan = plan;
    if (this.#framing === null) this.#head(plan!.framingOf(this.#heldBytes));
    else if (this.#framing.kind === 'chunked') this.#emit(Data.of(LAST_CHUNK, 'framing'));
    this.#start = null;
    this.#emit(new MessageEnd());
  }

  #stream(): void {
    if (this.#start === null || this.#framing !== null) return;
    const streaming = this.#plan?.streaming ?? null;
    if (streaming !== null) this.#head(streaming);
  }

  #head(framing: Framing): void {
    const plan = this.#plan!;
    const bytes = plan.encodeHead(framing);
    this.#framing = framing;
    this.#emit(this.#start!);
    this.#emit(Data.of(bytes, 'head'));
    const held = this.#held;
    this.#held = [];
    for (const data of held) this.#body(data);
  }

  #body(data: Data): void {
    if (!this.#plan!.sendsBody) return;
    if (this.#framing!.kind !== 'chunked') {
      this.#emit(data);
      return;
    }
    this.#emit(Data.of(chunkSizeLine(data.size), 'framing'));
    this.#emit(data);
    this.#emit(Data.of(CRLF, 'framing'));
  }

  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#onError(error);
    }
  }
}

import type { Event, SessionEnd } from '../../core/event.ts';
import { FAILED, Stage } from '../../core/pipeline.ts';
import type { HeadLike } from './encode.ts';
import { type EncodingPlan, MessageEncoder } from './message-encoder.ts';

/** What a script gives an encoder: a head for every message, or a function that returns one when a message is whole. */
export type HeadSource = HeadLike | (() => unknown) | null;

/** What the encoders of requests and of responses have in common (spec filters, encodeHttpRequest). */
export abstract class EncodeStage extends Stage {
  protected readonly encoder = new MessageEncoder(
    (event) => this.emit(event),
    (error) => this.session.abort(this, error),
    () => this.session.maxMessageBytes,
  );
  protected hasEnded = false;
  readonly #source: HeadSource;
  #messageHead: HeadLike | null = null;

  constructor(source: HeadSource) {
    super();
    this.#source = source;
  }

  /** How a message with this head is to be written. */
  protected abstract plan(head: HeadLike | null): EncodingPlan;
  /** A message has been written. */
  protected afterMessage(): void {}
  /** The session ends; a message may be open. */
  protected abstract end(event: SessionEnd): void;

  override release(): void {
    this.hasEnded = true;
  }

  receive(event: Event): void {
    if (this.hasEnded) return;
    try {
      this.#take(event);
    } catch (error) {
      this.hasEnded = true;
      this.session.abort(this, error);
    }
  }

  #take(event: Event): void {
    const source = this.#source;
    switch (event.kind) {
      case 'message-start':
        this.#messageHead = event.head;
        this.encoder.start(event, typeof source === 'function' ? null : this.plan(source ?? event.head));
        break;
      case 'data':
        this.encoder.data(event);
        break;
      case 'message-end':
        if (this.encoder.isInside) this.#finish();
        break;
      case 'session-end':
        this.hasEnded = true;
        this.end(event);
    }
  }

  #finish(): void {
    if (typeof this.#source === 'function') {
      const head = this.session.call(this, this.#source);
      if (head === FAILED) return;
      this.encoder.end(this.plan(typeof head === 'object' && head !== null ? head : this.#messageHead));
    } else this.encoder.end();
    this.afterMessage();
  }
}

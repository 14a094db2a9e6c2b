import type { Refusal } from '../../core/event.ts';
import type { StreamActivity } from '../../core/stream.ts';
import type { RequestHead } from './head.ts';

/** A request on its way: forwarded and not yet answered, or refused and not yet told so. */
export interface PendingRequest {
  /** Null where the request was refused before its head was whole. */
  readonly head: RequestHead | null;
  readonly method: string;
  readonly isUpgrade: boolean;
  /** When the last byte of it was forwarded, monotonic ms; 0 while it is still coming in. */
  completedAtMs: number;
  refusal: Refusal | null;
}

/**
 * What the two sides of one connection, inspectors or decoder and encoder, know together: the order of its requests, so that answers are framed by
 * the request they belong to, and a refusal is told in its turn (RFC 9112 section 9.3.2).
 */
export class HttpConversation implements StreamActivity {
  /** Shared state of an inspector pair, by stream. */
  static readonly slot = Symbol('http conversation');
  /** The same of an encoder of requests and the decoder of their answers. */
  static readonly upstreamSlot = Symbol('http conversation with an upstream');
  readonly pending: PendingRequest[] = [];
  /** Whether a filter of this stream writes to whoever waits: without one a decoder is a mere onlooker. */
  hasEncoder = false;
  /** The answering side: a request waits to be told that its body is wanted (RFC 9110 section 10.1.1). */
  onExpect: (() => void) | null = null;
  /** The asking side is through: no further request comes. */
  isOver = false;
  /** The answering side, told so. */
  onOver: (() => void) | null = null;
  /** True while a request is only partly read. */
  isReceiving = false;
  onIdle: (() => void) | null = null;
  /** The answering side: a request has been forwarded whole. */
  onRequest: (() => void) | null = null;
  /** The answering side: a request was refused. */
  onRefusal: (() => void) | null = null;
  /** The asking side: an answer is complete. */
  onAnswered: (() => void) | null = null;
  /** The asking side: the answer to an upgrade has come. */
  onUpgradeAnswered: ((isAccepted: boolean) => void) | null = null;

  isIdle(): boolean {
    return this.pending.length === 0 && !this.isReceiving;
  }

  /** Tell whoever drains the connection, if nothing is under way. */
  noteIdle(): void {
    if (this.onIdle !== null && this.isIdle()) this.onIdle();
  }
}

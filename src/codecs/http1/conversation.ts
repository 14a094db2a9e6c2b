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
 * What the inline inspectors of one connection know together: the order of its requests, so that answers are framed by
 * the request they belong to, and a refusal is told in its turn (RFC 9112 section 9.3.2).
 */
export class HttpConversation implements StreamActivity {
  /** Shared state of an inspector pair, by stream. */
  static readonly slot = Symbol('http conversation');
  readonly pending: PendingRequest[] = [];
  /** True while a request is only partly read. */
  isReceiving = false;
  onIdle: (() => void) | null = null;
  /** The answering side: a request has been forwarded whole. */
  onRequest: (() => void) | null = null;
  /** The answering side: a request was refused. */
  onRefusal: (() => void) | null = null;
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

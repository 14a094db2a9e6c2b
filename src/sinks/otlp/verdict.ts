import type { SendResult } from '../sink.ts';

/** What an answer means for the records that were sent. */
export type OtlpVerdict =
  /** Taken, but for `rejected` of them, which it does not name. `message` is the server's, '' for none. */
  | { readonly kind: 'accepted'; readonly rejected: number; readonly message: string }
  /** A failure of the server that no specification calls temporary: some tries are worth it, then dead letters. */
  | { readonly kind: 'failing'; readonly reason: string }
  | Exclude<SendResult, { kind: 'answered' }>;

/** Makes text of a server fit to be shown: it may quote what was sent. */
export type Quote = (text: string) => string;

export interface OtlpTransport {
  /** Sends one encoded request. Never rejects; when `signal` is aborted it resolves soon, with `retry`. */
  send(message: Uint8Array, quote: Quote, signal: AbortSignal): Promise<OtlpVerdict>;
  close(): Promise<void>;
}

/** Nothing can have been stored: the request did not leave. */
export function unsent(reason: string): OtlpVerdict {
  return { kind: 'retry', reason, retryAfterMs: null, isAmbiguous: false, isOverload: false };
}

/** The request left, and its fate is not known. */
export function unanswered(reason: string): OtlpVerdict {
  return { kind: 'retry', reason, retryAfterMs: null, isAmbiguous: true, isOverload: false };
}

import type { RecordDocument } from '../records/record-document.ts';

/** The records of one run and data thread, in order. */
export interface StreamKey {
  readonly run: string;
  readonly thread: number;
}

/** A place in the spool, between two records of a stream. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
}

/** Records that go to a sink in one request: a stretch of one stream, or what is left of it after an earlier try. */
export interface Batch {
  readonly stream: StreamKey;
  readonly records: readonly RecordDocument[];
  /** Bytes of their documents. */
  readonly bytes: number;
  /** The place after the stretch; a sink that keeps its own places stores it with the records, both or neither. */
  readonly place: Place;
  /** 1 at the first try. */
  readonly tries: number;
  /**
   * Null where no earlier try can have stored any of these records. Otherwise what `epoch` said when they were first sent: a try
   * timed out, its answer was lost, or the gateway died before it came; '' where that is not known.
   */
  readonly mayBeStoredSince: string | null;
}

/** What became of one record. */
export type ItemResult =
  | { readonly kind: 'delivered' }
  /** The sink had it from an earlier try; as good as delivered. */
  | { readonly kind: 'duplicate' }
  /** The sink has it, but put aside: the failure store of Elasticsearch. */
  | { readonly kind: 'diverted'; readonly reason: string }
  /** Not now. `isLimited`: it may also be for good, so after some tries it becomes a dead letter. */
  | { readonly kind: 'retry'; readonly reason: string; readonly isLimited: boolean }
  /** The sink takes nothing until somebody acts (a read-only index, a full disk): wait and alarm. */
  | { readonly kind: 'blocked'; readonly reason: string }
  /** Never: it becomes a dead letter. `reason` must not quote the record. */
  | {
      readonly kind: 'refused';
      readonly type: string;
      readonly reason: string;
      readonly status: number | null;
    };

/** What became of a batch. */
export type SendResult =
  /** One result per record, in their order. `rejected`: the sink did not take so many of them, and does not say which (partial success of OTLP). */
  | { readonly kind: 'answered'; readonly items: readonly ItemResult[]; readonly rejected?: number }
  /** Nothing of it is known to be stored. `isAmbiguous`: but it may be. `isOverload`: the sink asks for less at a time. */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly retryAfterMs: number | null;
      readonly isAmbiguous: boolean;
      readonly isOverload: boolean;
    }
  /** Too much at once: it is split, and a single record is made smaller. */
  | { readonly kind: 'too-large'; readonly reason: string }
  /** The request as a whole is refused for good: it is split until the records that are to blame are found. */
  | {
      readonly kind: 'refused';
      readonly type: string;
      readonly reason: string;
      readonly status: number | null;
    }
  /** Credentials, privileges or a configuration are wrong: nothing is sent but a probe now and then. `reason` says what to do. */
  | { readonly kind: 'paused'; readonly reason: string };

export interface SinkLimits {
  /** Bytes of documents in one batch. */
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  /** A smaller batch is sent when its first record has waited so long. */
  readonly maxWaitMs: number;
  /** Batches under way at a time; 1 for a sink that keeps its own places. */
  readonly maxConcurrency: number;
  /** A try that takes longer is given up, and its batch counts as possibly stored. */
  readonly timeoutMs: number;
}

/**
 * Where records go (the contract: test/contracts/sinks.test.ts). A sink knows its protocol; when, how much, how often, and what to do about
 * failure is for `delivery/`. Nothing it throws, says or logs contains anything of a record.
 */
export interface Sink {
  /** Unique, of [a-z-]. */
  readonly name: string;
  readonly limits: SinkLimits;
  /** Kept by the sink in one step with the records; null where delivery keeps the book. */
  readonly ownPlaces: { acknowledged(stream: StreamKey): Place | null } | null;
  /**
   * Makes ready to send: connects, checks the version, sets up. Asked again until it is done; traffic and other sinks go on meanwhile.
   * Throws SinkNotReady; any other error is taken for one that time may heal.
   */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Never rejects. When `signal` is aborted it resolves soon, with `retry`. Once it has resolved with `answered` it reads the documents of the
   * records no more: their memory is used again.
   */
  send(batch: Batch, signal: AbortSignal): Promise<SendResult>;
  /** What could let a record in twice has changed when this has (the write index of a data stream); '' where nothing can. */
  epoch(): string;
  stop(): Promise<void>;
}

/** Why a sink is not ready. `isPermanent`: until somebody acts; the message says what to do. */
export class SinkNotReady extends Error {
  readonly isPermanent: boolean;

  constructor(message: string, { isPermanent }: { isPermanent: boolean }) {
    super(message);
    this.name = 'SinkNotReady';
    this.isPermanent = isPermanent;
  }
}

export const DELIVERED: ItemResult = { kind: 'delivered' };
export const DUPLICATE: ItemResult = { kind: 'duplicate' };

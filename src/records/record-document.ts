/** A finished record: one JSON document and what the spool and the store need to know of it without reading it. */
export interface RecordDocument {
  /** One JSON document, without a line end. */
  readonly bytes: Buffer;
  /** So many bytes before `bytes` in the same memory belong to it, too: room for a frame. Without a number there are none. */
  readonly roomBefore?: number;
  /** `event.id`: time-ordered, the same at every try. */
  readonly id: string;
  /** `event.sequence`: without gaps within a run and data thread, from 1. */
  readonly sequence: number;
  readonly timestampMs: number;
  /** A `summary` stands for exchanges that a capture rule left without records. */
  readonly kind: 'exchange' | 'gap' | 'summary';
  /** Bytes that clients sent, or the bytes that a gap lost. */
  readonly sourceBytes: number;
  /** Bytes that clients were sent, or the bytes that a gap lost. */
  readonly destinationBytes: number;
  /** What it is found by, encoded (record-facts.ts); where it is missing, it is read from the document. */
  readonly facts?: Buffer | undefined;
}

/** What a gap record says was lost. */
export interface GapFacts {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly reason: string;
  readonly sourceBytes: number;
  readonly destinationBytes: number;
}

import type { RecordDocument } from '../records/record-document.ts';

/** The records of one run and data thread, in order. */
export interface StreamKey {
  readonly run: string;
  readonly thread: number;
}

/** A place in the spool. */
export interface AcknowledgedPlace extends StreamKey {
  readonly segment: number;
  readonly offset: number;
}

/** Where records go. A sink keeps its own acknowledged place, so that a slow one holds nobody up. */
export interface Sink {
  readonly name: string;
  /** Throws where it cannot start. */
  start(): Promise<void>;
  /** Where delivery goes on; null from the beginning. */
  acknowledged(stream: StreamKey): { segment: number; offset: number } | null;
  /** Takes records and the place after them, both or neither. Rejects to be asked again. */
  deliver(records: readonly RecordDocument[], place: AcknowledgedPlace): Promise<void>;
  /** The stream is through and its files are gone. */
  forget(stream: StreamKey): void;
  stop(): Promise<void>;
}

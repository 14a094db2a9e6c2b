import type { RecordFacts } from '../../../records/record-facts.ts';

/** A record as a line of a list: what is known of it without reading its document. */
export interface RecordRow extends Omit<RecordFacts, 'marks'> {
  /** Its place in the store, rising in the order of storing: the cursor of lists and streams. */
  readonly row: number;
  readonly id: string;
  readonly run: string;
  readonly thread: number;
  /** 0 for records that stand for others. */
  readonly sequence: number;
  readonly timestampMs: number;
  /** Bytes of the request, head and framing included. */
  readonly sourceBytes: number;
  /** Bytes of the answer, head and framing included. */
  readonly destinationBytes: number;
  /** What happened to it on its way here: names of MARKS (src/records/record-marks.ts). */
  readonly marks: readonly string[];
  /** A text was too long for a row and is shown cut: the document has all of it. */
  readonly isCut?: true;
  /** Of a gap: what is missing, and why. */
  readonly gap?: {
    readonly count: number;
    readonly from: number;
    readonly to: number;
    readonly reason: string;
  };
  /** Of a summary: how many exchanges a capture rule left without records, and which rule. */
  readonly summary?: { readonly count: number; readonly rule: string };
}

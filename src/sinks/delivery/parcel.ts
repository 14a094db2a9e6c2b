import type { RecordDocument } from '../../records/record-document.ts';
import type { Place, StreamKey } from '../sink.ts';
import type { WindowEntry } from './place-window.ts';
import type { Stretch } from './spool-source.ts';

/**
 * Records on their way to a sink: a stretch of the spool, or what is left of one. While it waits for its next try it holds no records:
 * they are read again, so that a sink that is down costs no memory.
 */
export interface Parcel {
  readonly stream: StreamKey;
  readonly origin: ParcelOrigin;
  /** Which records of the stretch; null for all. */
  readonly only: readonly number[] | null;
  /** Tries that have failed. */
  readonly failures: number;
  /** Of these, tries whose answer may be final. */
  readonly limitedFailures: number;
  /** See `Batch.mayBeStoredSince`. */
  readonly mayBeStoredSince: string | null;
  /** Bodies are cut to so many bytes; null for as they are. */
  readonly bodyBytes: number | null;
  /** Monotonic: no try before. */
  readonly notBeforeMs: number;
}

export type ParcelOrigin =
  | {
      readonly kind: 'spool';
      readonly entry: WindowEntry;
      readonly stretch: Pick<Stretch, 'from' | 'to' | 'lastSequence'>;
    }
  /** Dead letters that somebody has queued again: few, and held in memory. */
  | { readonly kind: 'letters'; readonly records: readonly RecordDocument[]; readonly place: Place };

export function newParcel(stream: StreamKey, origin: ParcelOrigin, mayBeStoredSince: string | null): Parcel {
  return {
    stream,
    origin,
    only: null,
    failures: 0,
    limitedFailures: 0,
    mayBeStoredSince,
    bodyBytes: null,
    notBeforeMs: 0,
  };
}

/** The place after the stretch that a parcel is of. */
export function placeAfter({ origin }: Parcel): Place {
  return origin.kind === 'spool' ? origin.stretch.to : origin.place;
}

/** Some records of a parcel as one of its own. @param indexes into the records that the parcel stands for */
export function partOf(parcel: Parcel, indexes: readonly number[], changes: Partial<Parcel> = {}): Parcel {
  const { only } = parcel;
  return { ...parcel, only: only === null ? indexes : indexes.map((index) => only[index]!), ...changes };
}

/** Two parts of about the same size in bytes. @param records of the parcel, at least two */
export function halves(
  parcel: Parcel,
  records: readonly RecordDocument[],
  changes: Partial<Parcel> = {},
): [Parcel, Parcel] {
  const total = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
  let first = 0;
  let bytes = 0;
  while (first < records.length - 1 && (first === 0 || bytes + records[first]!.bytes.length <= total / 2))
    bytes += records[first++]!.bytes.length;
  const indexes = records.map((_, index) => index);
  return [partOf(parcel, indexes.slice(0, first), changes), partOf(parcel, indexes.slice(first), changes)];
}

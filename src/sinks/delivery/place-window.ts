import type { RecordDocument } from '../../records/record-document.ts';
import type { Place } from '../sink.ts';

/** A stretch that was read and is not wholly delivered. */
export interface WindowEntry {
  readonly from: Place;
  readonly to: Place;
  /** Numbers of its first and last record; 0 where it has none. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Wall clock of its first record, for the lag. */
  readonly firstTimestampMs: number;
  /** Records without an end yet. */
  open: number;
}

/**
 * The stretches of one stream between its acknowledged place and where reading is. They may be finished in any order; the acknowledged
 * place moves over what is finished without a hole.
 */
export class PlaceWindow {
  readonly #entries: WindowEntry[] = [];
  #acknowledged: Place | null;
  #acknowledgedSequence: number;

  constructor(acknowledged: Place | null, acknowledgedSequence = 0) {
    this.#acknowledged = acknowledged;
    this.#acknowledgedSequence = acknowledgedSequence;
  }

  /** The highest sequence number before the acknowledged place, as far as it is known. */
  get acknowledgedSequence(): number {
    return this.#acknowledgedSequence;
  }

  /** All before it is done; null for nothing yet. */
  get acknowledged(): Place | null {
    return this.#acknowledged;
  }

  get oldest(): WindowEntry | null {
    return this.#entries[0] ?? null;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Stretches that are done beyond the acknowledged place. */
  get doneBeyond(): readonly WindowEntry[] {
    return this.#entries.filter(({ open }) => open === 0);
  }

  /** A stretch was read, in order. One without records is done at once. */
  open(from: Place, to: Place, records: readonly RecordDocument[]): WindowEntry {
    const entry: WindowEntry = {
      from,
      to,
      firstSequence: records[0]?.sequence ?? 0,
      lastSequence: records.at(-1)?.sequence ?? 0,
      firstTimestampMs: records[0]?.timestampMs ?? 0,
      open: records.length,
    };
    this.#entries.push(entry);
    if (records.length === 0) this.#advance();
    return entry;
  }

  /** Records of a stretch have come to their end. Returns whether the acknowledged place has moved. */
  close(entry: WindowEntry, records: number): boolean {
    entry.open -= records;
    return entry.open === 0 && this.#advance();
  }

  /** Everything before a place is given up; what is under way of it is nobody's any more. */
  skipTo(place: Place): void {
    while (this.#entries.length > 0 && !isBefore(place, this.#entries[0]!.to)) this.#entries.shift();
    if (this.#acknowledged === null || isBefore(this.#acknowledged, place)) this.#acknowledged = place;
    this.#advance();
  }

  #advance(): boolean {
    let hasMoved = false;
    while (this.#entries.length > 0 && this.#entries[0]!.open <= 0) {
      const { to, lastSequence } = this.#entries.shift()!;
      this.#acknowledged = to;
      this.#acknowledgedSequence = Math.max(this.#acknowledgedSequence, lastSequence);
      hasMoved = true;
    }
    return hasMoved;
  }
}

export function isBefore(left: Place, right: Place): boolean {
  return left.segment < right.segment || (left.segment === right.segment && left.offset < right.offset);
}

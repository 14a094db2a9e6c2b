import type { RecordRow } from '../../api/records/record-row.ts';

/** Records that match and are stored, but are not in the list: drawn as one line in their place, which loads them. */
export interface SkippedRows {
  readonly kind: 'skipped';
  /** The last of them: the line's place in the list. */
  readonly row: number;
  /** The first of them; others of the list may lie between. */
  readonly fromRow: number;
  /** How many; at least, where it is not known. */
  readonly count: number;
  /** `sampled`: more came than the page draws. `let-go`: the list was full, or newer ones came while somebody read. */
  readonly reason: 'sampled' | 'let-go';
}

export type ListEntry = RecordRow | SkippedRows;

export function isSkipped(entry: ListEntry): entry is SkippedRows {
  return entry.kind === 'skipped';
}

export interface RowListBounds {
  /** Entries that are kept; beyond, the oldest are let go (they can be loaded again). */
  readonly maxEntries: number;
  /** New records that wait while the list is held; beyond, the oldest of them are let go. */
  readonly maxWaiting: number;
}

const BOUNDS: RowListBounds = { maxEntries: 100_000, maxWaiting: 5000 };
/** The share by which a full list is cut, so that not each new record moves the whole array. */
const SLACK = 1.05;

/**
 * The records of the list, newest first, in the order of the store's rows; each row once, whatever is told twice. While it is held, what is new waits
 * and nothing moves. Inside, the oldest come first: new records are added at the end of an array.
 */
export class RowList {
  #entries: ListEntry[] = [];
  #waiting: ListEntry[] = [];
  #isHeld = false;
  /** The cursor for older records; null where there are none, or nothing is loaded yet. */
  #olderBefore: number | null = null;
  /** Rises with each change that can be seen. */
  version = 0;
  #isSampled = false;
  /** Of the waiting, skipped ones counted. */
  #waitingCount = 0;
  readonly #bounds: RowListBounds;

  constructor(bounds: RowListBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** New records that are not shown while the list is held. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  get olderBefore(): number | null {
    return this.#olderBefore;
  }

  /** Whether more came than the list was told. */
  get isSampled(): boolean {
    return this.#isSampled;
  }

  /** The highest row that was told; 0 without. */
  get newestRow(): number {
    return this.#waiting.at(-1)?.row ?? this.#entries.at(-1)?.row ?? 0;
  }

  /** @param index 0 is the newest */
  at(index: number): ListEntry | undefined {
    return this.#entries[this.#entries.length - 1 - index];
  }

  /** Where a row is, 0 the newest; -1 where it is not. */
  indexOf(row: number): number {
    const at = placeOf(this.#entries, row);
    return this.#entries[at]?.row === row ? this.#entries.length - 1 - at : -1;
  }

  /** Where a record is; -1 where it is not loaded. Looks at all: for links, not for each frame. */
  indexOfId(id: string): number {
    const at = this.#entries.findLastIndex((entry) => !isSkipped(entry) && entry.id === id);
    return at < 0 ? -1 : this.#entries.length - 1 - at;
  }

  /** Begins again with nothing. */
  clear(): void {
    this.#entries = [];
    this.#waiting = [];
    this.#waitingCount = 0;
    this.#olderBefore = null;
    this.version++;
  }

  /** A record or a skipped stretch that the stream has told. */
  add(entry: ListEntry): void {
    if (isSkipped(entry)) this.#isSampled = true;
    if (this.#isHeld) {
      if (insert(this.#waiting, entry)) this.#waitingCount += countOf(entry);
      if (this.#waiting.length > this.#bounds.maxWaiting * SLACK) this.#letWaitingGo();
    } else {
      insert(this.#entries, entry);
      this.#trim();
    }
    this.version++;
  }

  /** While held nothing moves; when it is let go, what waited is in the list. */
  hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (!isHeld) this.showWaiting();
    this.version++;
  }

  /** Takes in what waits, held or not. */
  showWaiting(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingCount = 0;
    for (const entry of waiting) insert(this.#entries, entry);
    this.#trim();
    this.version++;
  }

  /**
   * The newest records, or a page of older ones: all that match between the first and the last of them.
   * @param rows newest first
   * @param olderBefore the cursor for what is older still; null at the end
   */
  addPage(rows: readonly RecordRow[], olderBefore: number | null): void {
    const oldestFirst = rows.toReversed();
    const first = this.#entries[0];
    if (first === undefined || (oldestFirst.at(-1)?.row ?? 0) < first.row) {
      this.#entries.unshift(...oldestFirst);
      this.#letNewestGo();
    } else {
      const from = oldestFirst[0]!.row;
      const to = oldestFirst.at(-1)!.row;
      this.#entries = this.#entries.filter(
        (entry) => !(isSkipped(entry) && entry.fromRow >= from && entry.row <= to),
      );
      for (const row of oldestFirst) insert(this.#entries, row);
    }
    this.#olderBefore = olderBefore;
    this.version++;
  }

  /**
   * What stands in place of a skipped stretch, as it was asked for: all records of `fromRow` to `row`, newest first, or the newest of them.
   * @param isWhole false where there were more: the stretch stays, for the rest
   */
  fill(skipped: SkippedRows, rows: readonly RecordRow[], isWhole: boolean): void {
    const at = placeOf(this.#entries, skipped.row);
    if (this.#entries[at] !== skipped) return;
    this.#entries.splice(at, 1);
    let added = 0;
    for (const row of rows) if (insert(this.#entries, row)) added++;
    const oldest = rows.at(-1);
    if (!isWhole && oldest !== undefined && oldest.row > skipped.fromRow)
      insert(this.#entries, {
        ...skipped,
        row: oldest.row - 1,
        count: Math.max(1, skipped.count - added),
      });
    this.version++;
  }

  /** The oldest of a list that is too long; they are loaded again when somebody scrolls there. */
  #trim(): void {
    const { maxEntries } = this.#bounds;
    if (this.#entries.length <= maxEntries * SLACK) return;
    this.#entries.splice(0, this.#entries.length - maxEntries);
    this.#olderBefore = this.#entries[0]!.row;
  }

  /** Where somebody reads what is old, the newest have to go. */
  #letNewestGo(): void {
    const { maxEntries } = this.#bounds;
    if (this.#entries.length <= maxEntries * SLACK) return;
    this.#entries.push(standIn(this.#entries.splice(maxEntries)));
  }

  #letWaitingGo(): void {
    this.#waiting.unshift(standIn(this.#waiting.splice(0, this.#waiting.length - this.#bounds.maxWaiting)));
  }
}

/** The line for entries that were let go, in the place of the last of them. */
function standIn(gone: readonly ListEntry[]): SkippedRows {
  return {
    kind: 'skipped',
    row: gone.at(-1)!.row,
    fromRow: Math.min(...gone.map((entry) => (isSkipped(entry) ? entry.fromRow : entry.row))),
    count: gone.reduce((sum, entry) => sum + countOf(entry), 0),
    reason: 'let-go',
  };
}

function countOf(entry: ListEntry): number {
  return isSkipped(entry) ? entry.count : 1;
}

/** Puts an entry where its row belongs; false where the row is there already: what was skipped gives way to what is known. */
function insert(entries: ListEntry[], entry: ListEntry): boolean {
  const last = entries.at(-1);
  if (last === undefined || last.row < entry.row) {
    entries.push(entry);
    return true;
  }
  const at = placeOf(entries, entry.row);
  const there = entries[at];
  if (there?.row === entry.row) {
    if (isSkipped(entry)) return false;
    if (!isSkipped(there)) return false;
    entries[at] = entry;
    if (there.count > 1 && there.fromRow < there.row)
      insert(entries, { ...there, row: there.row - 1, count: there.count - 1 });
    return true;
  }
  entries.splice(at, 0, entry);
  return true;
}

/** The first place whose row is not lower. */
function placeOf(entries: readonly ListEntry[], row: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.row < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

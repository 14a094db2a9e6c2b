import type { Clock } from '../../core/ports.ts';
import type { Place, Sink, StreamKey } from '../sink.ts';
import { isBefore, PlaceWindow, type WindowEntry } from './place-window.ts';
import type { Book, BookEntry } from './place-book.ts';
import { bytesAfter, type SpoolSource, type SpoolStream, type Stretch } from './spool-source.ts';

/** A stretch that has not been sent yet. */
export interface FreshStretch {
  readonly stream: StreamKey;
  readonly stretch: Stretch;
  readonly entry: WindowEntry;
  /** A former gateway may have sent it: the epoch of then; null where it cannot. */
  readonly mayBeStoredSince: string | null;
}

interface Cursor {
  readonly window: PlaceWindow;
  /** What a former gateway may have sent. */
  readonly inherited: BookEntry | null;
  next: Place;
  lastSequence: number | null;
  /** Monotonic: since when something unread lies there; null for nothing. */
  waitingSinceMs: number | null;
  /** Bytes beyond `next`, when last looked at. */
  unreadBytes: number;
}

export interface LaneReaderOptions {
  readonly sink: Sink;
  readonly source: SpoolSource;
  /** Null where the sink keeps its own places. */
  readonly book: Book | null;
  readonly clock: Clock;
}

/** Stretches of a stream that are not wholly done, beyond which it is not read further. */
const MAX_WINDOW = 256;

/** One lane's reading of the spool: where it is in each stream, what is due, and what has come to its end. */
export class LaneReader {
  readonly #options: LaneReaderOptions;
  readonly #cursors = new Map<string, Cursor>();
  /** The stream that was read last, so that each has its turn. */
  #lastKey = '';
  /** Everything is due at once: the gateway is stopping. */
  isHurried = false;
  /** When the next stretch will be due, monotonic; null where nothing waits. */
  dueMs: number | null = null;

  constructor(options: LaneReaderOptions) {
    this.#options = options;
  }

  /** The sink is ready: one that keeps its own places knows them only now. */
  begin(): void {
    this.#cursors.clear();
  }

  /** The next stretch that is due: full, old enough, or the rest of a stream that has ended. */
  async next(maxBytes: number): Promise<FreshStretch | null> {
    const { sink, source, clock } = this.#options;
    const streams = await source.streams();
    const nowMs = clock.monotonicMs();
    this.dueMs = null;
    for (const stream of this.#inTurn(streams)) {
      const cursor = this.#cursor(stream);
      cursor.unreadBytes = bytesAfter(stream, cursor.next);
      if (cursor.unreadBytes === 0) {
        cursor.waitingSinceMs = null;
        continue;
      }
      if (cursor.window.size >= MAX_WINDOW) continue;
      cursor.waitingSinceMs ??= nowMs;
      const dueMs = cursor.waitingSinceMs + sink.limits.maxWaitMs;
      const isDue = this.isHurried || !stream.isOpen || cursor.unreadBytes >= maxBytes || nowMs >= dueMs;
      if (!isDue) {
        this.dueMs = Math.min(this.dueMs ?? Infinity, dueMs);
        continue;
      }
      const fresh = await this.#read(stream, cursor, maxBytes);
      if (fresh !== null) {
        this.#lastKey = keyOf(stream);
        return fresh;
      }
    }
    return null;
  }

  /** Records of a stretch have come to their end. Returns whether the acknowledged place has moved. */
  close(stream: StreamKey, entry: WindowEntry, records: number): boolean {
    const cursor = this.#cursor(stream);
    const hasMoved = cursor.window.close(entry, records);
    if (hasMoved || entry.open === 0) this.#note(stream, cursor, null);
    return hasMoved;
  }

  /** Writes down that records of the segment may be sent from now on; resolves when that is on disk. */
  async noteAttempt(stream: StreamKey, segment: number): Promise<void> {
    const { book, sink } = this.#options;
    if (book === null) return;
    const noted = book.entry(stream)?.attempted ?? null;
    if (noted !== null && noted.segment >= segment) return;
    const cursor = this.#cursor(stream);
    // While something older is under way, its epoch holds for all of it.
    const isFirst = noted === null || cursor.window.size <= 1;
    this.#note(stream, cursor, { segment, epoch: isFirst ? sink.epoch() : noted.epoch });
    await book.save();
  }

  /** Whether the sink is past all of a segment; it is of an empty one that a crash has left. */
  isPast(stream: StreamKey, segment: number, size: number): boolean {
    if (size === 0) return true;
    const at = this.#cursor(stream).window.acknowledged;
    return at !== null && (at.segment > segment || (at.segment === segment && at.offset >= size));
  }

  /** Gives up what is left before a place. */
  skipTo(stream: StreamKey, place: Place): void {
    const cursor = this.#cursor(stream);
    cursor.window.skipTo(place);
    if (isBefore(cursor.next, place)) {
      cursor.next = place;
      cursor.lastSequence = null;
    }
    this.#note(stream, cursor, null);
  }

  acknowledged(stream: StreamKey): Place | null {
    return this.#cursor(stream).window.acknowledged;
  }

  /** Forgets the streams that have no files any more. */
  keepOnly(streams: readonly StreamKey[]): void {
    const kept = new Set(streams.map(keyOf));
    for (const key of this.#cursors.keys()) if (!kept.has(key)) this.#cursors.delete(key);
    this.#options.book?.keepOnly(streams);
  }

  /** Bytes that the sink has not taken, and the age in ms of the oldest record among them. */
  backlog(streams: readonly SpoolStream[], nowWallMs: number): { bytes: number; lagMs: number } {
    const nowMs = this.#options.clock.monotonicMs();
    let bytes = 0;
    let lagMs = 0;
    for (const stream of streams) {
      const cursor = this.#cursor(stream);
      const left = bytesAfter(stream, cursor.window.acknowledged);
      if (left === 0) continue;
      bytes += left;
      const oldest = cursor.window.oldest;
      if (oldest !== null) lagMs = Math.max(lagMs, nowWallMs - oldest.firstTimestampMs);
      else if (cursor.waitingSinceMs !== null) lagMs = Math.max(lagMs, nowMs - cursor.waitingSinceMs);
    }
    return { bytes, lagMs };
  }

  async #read(stream: SpoolStream, cursor: Cursor, maxBytes: number): Promise<FreshStretch | null> {
    const { sink, source } = this.#options;
    const done = cursor.inherited?.done.find(({ from }) => !isBefore(from, cursor.next)) ?? null;
    if (done !== null && samePlace(done.from, cursor.next)) {
      cursor.window.open(done.from, done.to, []);
      cursor.next = done.to;
      cursor.lastSequence = null;
      return this.#read(stream, cursor, maxBytes);
    }
    const bounds = { maxBytes, maxRecords: sink.limits.maxBatchRecords, until: done?.from ?? null };
    const stretch = await source.read(stream, cursor.next, bounds, cursor.lastSequence);
    if (stretch === null) {
      // The beginning of a record: the rest of it comes with the next flush.
      cursor.waitingSinceMs = null;
      return null;
    }
    const { records, from, to } = stretch;
    // Given up while it was read.
    if (isBefore(from, cursor.next)) return this.#read(stream, cursor, maxBytes);
    const entry = cursor.window.open(from, to, records);
    cursor.next = to;
    cursor.lastSequence = records.at(-1)?.sequence ?? cursor.lastSequence;
    // What a batch of so many records has left over has waited as long as the batch; behind one of so many bytes it is younger.
    if (records.length < sink.limits.maxBatchRecords) cursor.waitingSinceMs = null;
    if (records.length === 0) this.#note(stream, cursor, null);
    const attempted = cursor.inherited?.attempted ?? null;
    return {
      stream: { run: stream.run, thread: stream.thread },
      stretch,
      entry,
      mayBeStoredSince: attempted !== null && from.segment <= attempted.segment ? attempted.epoch : null,
    };
  }

  #cursor(stream: StreamKey): Cursor {
    const key = keyOf(stream);
    let cursor = this.#cursors.get(key);
    if (cursor === undefined) {
      const { sink, book } = this.#options;
      const inherited = book?.entry(stream) ?? null;
      const place =
        sink.ownPlaces === null ? (inherited?.acknowledged ?? null) : sink.ownPlaces.acknowledged(stream);
      cursor = {
        window: new PlaceWindow(place, inherited?.lastSequence ?? 0),
        inherited,
        next: place ?? { segment: 0, offset: 0 },
        lastSequence: null,
        waitingSinceMs: null,
        unreadBytes: 0,
      };
      this.#cursors.set(key, cursor);
    }
    return cursor;
  }

  #note({ run, thread }: StreamKey, { window }: Cursor, attempted: BookEntry['attempted']): void {
    const { book } = this.#options;
    if (book === null) return;
    book.set({
      run,
      thread,
      acknowledged: window.acknowledged,
      lastSequence: window.acknowledgedSequence,
      done: window.doneBeyond.map(({ from, to }) => ({ from, to })),
      attempted: attempted ?? book.entry({ run, thread })?.attempted ?? null,
    });
  }

  /** The streams, beginning after the one that was read last. */
  #inTurn(streams: readonly SpoolStream[]): readonly SpoolStream[] {
    const at = streams.findIndex((stream) => keyOf(stream) === this.#lastKey);
    return at < 0 ? streams : [...streams.slice(at + 1), ...streams.slice(0, at + 1)];
  }
}

function samePlace(left: Place, right: Place): boolean {
  return left.segment === right.segment && left.offset === right.offset;
}

function keyOf({ run, thread }: StreamKey): string {
  return `${run}.${thread}`;
}

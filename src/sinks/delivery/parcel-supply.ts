import type { Clock, Log } from '../../core/ports.ts';
import { cutBodies } from '../../records/cut-bodies.ts';
import type { RecordDocument } from '../../records/record-document.ts';
import type { Place, Sink, StreamKey } from '../sink.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { LaneReader } from './lane-reader.ts';
import { newParcel, type Parcel, partOf } from './parcel.ts';
import { isBefore } from './place-window.ts';
import type { SpoolSource, Stretch } from './spool-source.ts';

/** Parcels that wait for another try, above which nothing new is read. */
const MAX_WAITING = 32;
/** Dead letters that are sent again in one batch. */
const LETTERS_AT_A_TIME = 500;

export interface ParcelSupplyOptions {
  readonly sink: Sink;
  readonly reader: LaneReader;
  readonly source: SpoolSource;
  /** Made where there are none yet. */
  readonly letters: () => DeadLetters;
  readonly lettersIfAny: () => DeadLetters | null;
  readonly clock: Clock;
  readonly log: Log;
  /** A place was acknowledged: something may be released, and is written down. */
  readonly onProgress: () => void;
}

/** A parcel with its records, ready to be sent. */
export interface Loaded {
  readonly parcel: Parcel;
  readonly records: readonly RecordDocument[];
  /** Nobody reads the records any more. */
  readonly release: () => void;
}

/** What a lane has to send: parcels whose next try is due, dead letters that were queued again, and what is new in the spool; in this order. */
export class ParcelSupply {
  readonly #options: ParcelSupplyOptions;
  readonly #reader: LaneReader;
  #waiting: Parcel[] = [];
  #lettersOut = 0;
  #mayHaveLetters = true;

  constructor(options: ParcelSupplyOptions) {
    this.#options = options;
    this.#reader = options.reader;
  }

  /** Parcels that wait for another try. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What is to be sent next; null where nothing is due. Rejects where the spool cannot be read. */
  async next(maxBatchBytes: number): Promise<Loaded | null> {
    return (
      (await this.#takeWaiting(maxBatchBytes)) ??
      this.#takeLetters(maxBatchBytes) ??
      (await this.#takeFresh(maxBatchBytes))
    );
  }

  /** Nothing new is read. A sink that keeps its own places gets everything in order. */
  get #isFull(): boolean {
    return this.#waiting.length >= (this.#options.sink.ownPlaces === null ? MAX_WAITING : 1);
  }

  /** When something will be due, monotonic. */
  dueMs(): number[] {
    const dueMs = this.#waiting.map(({ notBeforeMs }) => notBeforeMs);
    return this.#reader.dueMs === null || this.#isFull ? dueMs : [...dueMs, this.#reader.dueMs];
  }

  /** Dead letters may have been queued again. */
  noteLetters(): void {
    this.#mayHaveLetters = true;
  }

  /** Everything is due now. */
  hurry(): void {
    this.#reader.isHurried = true;
    this.#waiting = this.#waiting.map((parcel) => ({ ...parcel, notBeforeMs: 0 }));
  }

  /** Gives up what is left of a stream before a place. */
  skipTo(stream: StreamKey, place: Place): void {
    this.#waiting = this.#waiting.filter(
      (parcel) =>
        parcel.origin.kind !== 'spool' ||
        parcel.stream.run !== stream.run ||
        parcel.stream.thread !== stream.thread ||
        parcel.origin.stretch.from.segment >= place.segment,
    );
    this.#reader.skipTo(stream, place);
  }

  /** A parcel whose next try is due, with its records read again. */
  async #takeWaiting(maxBatchBytes: number): Promise<Loaded | null> {
    const nowMs = this.#options.clock.monotonicMs();
    const at = this.#waiting.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (at < 0) return null;
    const [parcel] = this.#waiting.splice(at, 1);
    const { origin, only, bodyBytes } = parcel!;
    let all: Pick<Stretch, 'records' | 'release'>;
    try {
      all =
        origin.kind === 'letters'
          ? { records: origin.records, release: keep }
          : await this.#options.source.reread(parcel!.stream, origin.stretch);
    } catch (error) {
      if (this.#isGivenUp(parcel!)) return this.#takeWaiting(maxBatchBytes);
      this.put({ ...parcel!, notBeforeMs: nowMs + 1000 });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#lose(parcel!);
      throw error;
    }
    const { records, release } = all;
    const chosen = only === null ? records : only.map((index) => records[index]!);
    const loaded = this.#upTo(maxBatchBytes, parcel!, chosen);
    return bodyBytes === null
      ? { ...loaded, release }
      : { ...loaded, release, records: loaded.records.map((record) => cutBodies(record, bodyBytes)) };
  }

  /** As much of a parcel as a batch may have now; the rest waits on. A sink that keeps its own places gets stretches whole. */
  #upTo(
    maxBatchBytes: number,
    parcel: Parcel,
    records: readonly RecordDocument[],
  ): Pick<Loaded, 'parcel' | 'records'> {
    let count = 0;
    let bytes = 0;
    while (count < records.length && (count === 0 || bytes + records[count]!.bytes.length <= maxBatchBytes))
      bytes += records[count++]!.bytes.length;
    if (count === records.length || this.#options.sink.ownPlaces !== null) return { parcel, records };
    const indexes = records.map((_, index) => index);
    this.put(partOf(parcel, indexes.slice(count)));
    return { parcel: partOf(parcel, indexes.slice(0, count)), records: records.slice(0, count) };
  }

  async #takeFresh(maxBatchBytes: number): Promise<Loaded | null> {
    if (this.#isFull) return null;
    for (;;) {
      const fresh = await this.#reader.next(maxBatchBytes);
      if (fresh === null) return null;
      const { stream, entry, stretch, mayBeStoredSince } = fresh;
      if (stretch.records.length === 0 && this.#options.sink.ownPlaces === null) {
        stretch.release();
        this.#options.onProgress();
        continue;
      }
      return {
        parcel: newParcel(stream, { kind: 'spool', entry, stretch: leaner(stretch) }, mayBeStoredSince),
        records: stretch.records,
        release: stretch.release,
      };
    }
  }

  #takeLetters(maxBatchBytes: number): Loaded | null {
    if (!this.#mayHaveLetters || this.#lettersOut > 0) return null;
    this.#mayHaveLetters = false;
    let letters: ReturnType<DeadLetters['requeued']> = [];
    try {
      letters = this.#options.lettersIfAny()?.requeued(this.#options.sink.name, LETTERS_AT_A_TIME) ?? [];
    } catch (error) {
      this.#options.log.write(
        'warn',
        `[${this.#options.sink.name}] cannot read dead letters: ${messageOf(error)}`,
      );
    }
    const [first] = letters;
    if (first === undefined) return null;
    const { stream } = first;
    const records: RecordDocument[] = [];
    let bytes = 0;
    for (const letter of letters) {
      if (letter.stream.run !== stream.run || letter.stream.thread !== stream.thread) break;
      if (records.length > 0 && bytes + letter.record.bytes.length > maxBatchBytes) break;
      bytes += letter.record.bytes.length;
      records.push(letter.record);
    }
    this.#lettersOut = records.length;
    const place = this.#reader.acknowledged(stream) ?? { segment: 0, offset: 0 };
    // A gateway that died before it could forget a letter may have sent it, nobody knows when.
    return { parcel: newParcel(stream, { kind: 'letters', records, place }, ''), records, release: keep };
  }

  /** Records have come to their end: the sink has them, or they are dead letters. */
  finish(parcel: Parcel, records: readonly RecordDocument[], { isTaken }: { isTaken: boolean }): void {
    const { origin, stream } = parcel;
    if (origin.kind === 'letters') {
      this.#lettersOut -= records.length;
      this.#mayHaveLetters = true;
      if (isTaken) this.#forgetLetters(records);
    } else if (records.length > 0 || origin.entry.open === 0) {
      this.#reader.close(stream, origin.entry, records.length);
      this.#options.onProgress();
    }
  }

  #forgetLetters(records: readonly RecordDocument[]): void {
    const ids = records.map(({ id }) => id);
    try {
      this.#options.letters().delivered(this.#options.sink.name, ids);
    } catch (error) {
      // They are sent once more; the sink has them, and says so.
      this.#options.log.write(
        'warn',
        `[${this.#options.sink.name}] cannot forget dead letters: ${messageOf(error)}`,
      );
    }
  }

  /** The file that a parcel was read from is gone: somebody has deleted it. Throws, and it goes on waiting, where that cannot be noted. */
  #lose({ origin, stream }: Parcel): void {
    if (origin.kind !== 'spool') return;
    const { entry } = origin;
    // So many of these numbers; the sink may have the others.
    const { open: count, firstSequence: first, lastSequence: last } = entry;
    const { name } = this.#options.sink;
    this.#options
      .letters()
      .giveUp(
        { sink: name, ...stream, first, last, count, reason: 'spool file deleted' },
        this.#options.clock.wallMs(),
      );
    this.#options.log.write(
      'error',
      `[${name}] ${count} records of run ${stream.run} are lost: their file was deleted from the spool`,
    );
    this.#waiting = this.#waiting.filter(
      (other) => other.origin.kind !== 'spool' || other.origin.entry !== entry,
    );
    this.#reader.close(stream, entry, count);
    this.#options.onProgress();
  }

  /**
   * To be sent at its time; the oldest first: one that keeps failing is the one that is tried, and of a batch that is split one branch is
   * followed to its end, so that there are few parts at a time.
   */
  put(parcel: Parcel): void {
    if (this.#isGivenUp(parcel)) return;
    const at = this.#waiting.findIndex((other) => isOlder(parcel, other));
    if (at < 0) this.#waiting.push(parcel);
    else this.#waiting.splice(at, 0, parcel);
  }

  /** Whether its segment was given up while it was under way. */
  #isGivenUp({ origin, stream }: Parcel): boolean {
    if (origin.kind !== 'spool') return false;
    const acknowledged = this.#reader.acknowledged(stream);
    return acknowledged !== null && !isBefore(acknowledged, origin.stretch.to);
  }
}

/** Dead letters are held as long as they are out. */
function keep(): void {}

/** By place; dead letters that were queued again come last. */
function isOlder({ origin: left, only }: Parcel, { origin: right, only: otherOnly }: Parcel): boolean {
  if (left.kind === 'letters' || right.kind === 'letters')
    return left.kind === 'spool' && right.kind === 'letters';
  if (isBefore(left.stretch.from, right.stretch.from)) return true;
  if (isBefore(right.stretch.from, left.stretch.from)) return false;
  return (only?.[0] ?? 0) < (otherOnly?.[0] ?? 0);
}

/** Without the records: they are read again where they are needed again. */
function leaner({ from, to, lastSequence }: Stretch): Pick<Stretch, 'from' | 'to' | 'lastSequence'> {
  return { from, to, lastSequence };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { SegmentName } from '../../spool/segment-name.ts';
import type { Place, StreamKey } from '../sink.ts';

/** What is written down of one stream. */
export interface BookEntry {
  readonly run: string;
  readonly thread: number;
  /** All before it is delivered or accounted for as given up; null for nothing yet. */
  readonly acknowledged: Place | null;
  /** The highest sequence number before it, as far as it is known. */
  readonly lastSequence: number;
  /** Stretches beyond it that are done too. */
  readonly done: readonly { readonly from: Place; readonly to: Place }[];
  /** Records up to the end of this segment may have been sent, since the sink's epoch of that name; null for none. */
  readonly attempted: { readonly segment: number; readonly epoch: string } | null;
}

interface BookFile {
  readonly version: 1;
  readonly streams: readonly BookEntry[];
}

/** Streams of the book, those whose files are gone included. */
const MAX_ENTRIES = 200;

/** The book as lanes use it. */
export type Book = Pick<PlaceBook, 'entry' | 'set' | 'keepOnly' | 'save'>;

/**
 * How far a sink has come, on disk: `<data-dir>/delivery/<sink>.json`. That something may have been sent is written before it is sent, for a whole
 * segment at a time; what was acknowledged is written soon after. A crash between the two makes records be sent again, marked as possibly stored.
 */
export class PlaceBook {
  readonly #file: string;
  readonly #entries = new Map<string, BookEntry>();
  readonly #onError: (message: string) => void;
  #writing: Promise<void> | null = null;
  #isDirty = false;
  #hasFailed = false;

  private constructor(file: string, entries: readonly BookEntry[], onError: (message: string) => void) {
    this.#file = file;
    this.#onError = onError;
    for (const entry of entries) this.#entries.set(keyOf(entry), entry);
  }

  /**
   * Opens the book, empty where there is none. One that cannot be read is told of, and delivery begins anew: sinks refuse second copies by id.
   * @param spooled what lies in the spool: all of it may have been sent then, nobody knows when
   */
  static open(
    file: string,
    onError: (message: string) => void,
    spooled: () => readonly SegmentName[] = () => [],
  ): PlaceBook {
    try {
      const { streams } = JSON.parse(readFileSync(file, 'utf8')) as BookFile;
      if (!Array.isArray(streams)) throw new TypeError('it is no book of places');
      return new PlaceBook(file, streams as BookEntry[], onError);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new PlaceBook(file, [], onError);
      onError(`${file} cannot be read (${(error as Error).message}); all of the spool is sent again`);
      // In the order of their numbers: the last of a stream is what counts.
      const attempted = spooled().map(({ run, thread, segment }): BookEntry => {
        return {
          run,
          thread,
          acknowledged: null,
          lastSequence: 0,
          done: [],
          attempted: { segment, epoch: '' },
        };
      });
      return new PlaceBook(file, attempted, onError);
    }
  }

  entry(stream: StreamKey): BookEntry | null {
    return this.#entries.get(keyOf(stream)) ?? null;
  }

  set(entry: BookEntry): void {
    this.#entries.set(keyOf(entry), entry);
    this.#isDirty = true;
  }

  /** Forgets the oldest of the streams whose files are gone; some are kept for `verify`, which asks how far a run came. */
  keepOnly(streams: readonly StreamKey[]): void {
    const kept = new Set(streams.map(keyOf));
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) return;
      if (kept.has(key)) continue;
      this.#entries.delete(key);
      this.#isDirty = true;
    }
  }

  /** Writes what was set so far; never rejects. Calls during a write share the next one. */
  async save(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.#writing = this.#write().finally(() => (this.#writing = null));
    await this.#writing;
  }

  async #write(): Promise<void> {
    const book: BookFile = { version: 1, streams: [...this.#entries.values()] };
    const next = `${this.#file}.next`;
    try {
      await fs.writeFile(next, JSON.stringify(book), { mode: 0o600 });
      await fs.rename(next, this.#file);
      this.#hasFailed = false;
    } catch (error) {
      this.#isDirty = true;
      // Delivery goes on: what a crash would then send twice, sinks refuse by its id.
      if (!this.#hasFailed) this.#onError(`cannot write ${this.#file}: ${(error as Error).message}`);
      this.#hasFailed = true;
    }
  }
}

/** The book of a sink as it stands on disk, for `verify`; empty where there is none. */
export function readPlaces(file: string): readonly BookEntry[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as BookFile).streams;
  } catch {
    return [];
  }
}

/** The sinks that have a book in this folder. */
export function bookNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'file-state.json')
    .map((file) => path.basename(file, '.json'));
}

function keyOf({ run, thread }: StreamKey): string {
  return `${run}.${thread}`;
}

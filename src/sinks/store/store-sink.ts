import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Log } from '../../core/ports.ts';
import type { RecordDocument } from '../../records/record-document.ts';
import { RecordStore } from '../../store/record-store.ts';
import type { AcknowledgedPlace, Sink, StreamKey } from '../sink.ts';

const EXPIRE_EVERY_MS = 2000;

/** The embedded store as a sink. */
export class StoreSink implements Sink {
  readonly name = 'store';
  readonly #file: string;
  readonly #log: Log;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  #store: RecordStore | null = null;
  #places = new Map<string, { segment: number; offset: number } | null>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: { file: string; log: Log; maxBytes: number; maxAgeMs: number }) {
    this.#file = options.file;
    this.#log = options.log;
    this.#maxBytes = options.maxBytes;
    this.#maxAgeMs = options.maxAgeMs;
  }

  start(): Promise<void> {
    this.#store = this.#open();
    this.#timer = setInterval(() => this.#expire(), EXPIRE_EVERY_MS);
    this.#timer.unref();
    return Promise.resolve();
  }

  acknowledged({ run, thread }: StreamKey): { segment: number; offset: number } | null {
    const key = `${run}.${thread}`;
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = this.#store!.place(run, thread)));
    return place;
  }

  // oxlint-disable-next-line require-await -- SQLite is synchronous; what it throws becomes a rejection
  async deliver(records: readonly RecordDocument[], place: AcknowledgedPlace): Promise<void> {
    this.#store!.insert(records, place);
    this.#places.set(`${place.run}.${place.thread}`, { segment: place.segment, offset: place.offset });
  }

  forget({ run, thread }: StreamKey): void {
    this.#places.delete(`${run}.${thread}`);
  }

  stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#store?.close();
    this.#store = null;
    return Promise.resolve();
  }

  /** A store that cannot be read is put aside, with a word, and a new one begun: records go on being kept. */
  #open(): RecordStore {
    try {
      return RecordStore.open(this.#file);
    } catch (error) {
      const { errcode } = error as { errcode?: number };
      // 11 is SQLITE_CORRUPT, 26 is SQLITE_NOTADB.
      if (errcode !== 11 && errcode !== 26) throw error;
      const aside = `${this.#file}.damaged-${Date.now()}`;
      renameSync(this.#file, aside);
      for (const suffix of ['-wal', '-shm']) if (existsSync(this.#file + suffix)) rmSync(this.#file + suffix);
      this.#log.write(
        'error',
        `[store] ${(error as Error).message}: the damaged store was moved to ${aside}, a new one is begun`,
      );
      return RecordStore.open(this.#file);
    }
  }

  #expire(): void {
    try {
      const hasMore = this.#store?.expire({
        maxBytes: this.#maxBytes,
        maxAgeMs: this.#maxAgeMs,
        nowMs: Date.now(),
      });
      if (hasMore === true) setImmediate(() => this.#expire());
    } catch (error) {
      this.#log.write('error', `[store] cannot forget old records: ${(error as Error).message}`);
    }
  }
}

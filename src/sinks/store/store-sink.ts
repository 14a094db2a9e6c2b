import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Log } from '../../core/ports.ts';
import type { RecordDocument } from '../../records/record-document.ts';
import { RecordStore } from '../../store/record-store.ts';
import {
  type Batch,
  DELIVERED,
  type ItemResult,
  type Place,
  type SendResult,
  type Sink,
  type SinkLimits,
  type StreamKey,
} from '../sink.ts';

const TIDY_EVERY_MS = 2000;
/** One that cannot be stored would else hold up all behind it for ever. */
const UNSTORABLE: ItemResult = {
  kind: 'refused',
  type: 'unstorable-record',
  reason: 'its id, number, time or bytes are not those of a record',
  status: null,
};

/** The embedded store as a sink. */
export class StoreSink implements Sink {
  readonly name = 'store';
  /** SQLite writes a batch in a transaction and blocks meanwhile: small ones keep the main thread lively. */
  readonly limits: SinkLimits = {
    maxBatchBytes: 1024 * 1024,
    maxBatchRecords: 2000,
    maxWaitMs: 0,
    maxConcurrency: 1,
    timeoutMs: 60_000,
  };
  readonly ownPlaces = { acknowledged: (stream: StreamKey): Place | null => this.#acknowledged(stream) };
  readonly #file: string;
  readonly #log: Log;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  #store: RecordStore | null = null;
  #places = new Map<string, Place | null>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: { file: string; log: Log; maxBytes: number; maxAgeMs: number }) {
    this.#file = options.file;
    this.#log = options.log;
    this.#maxBytes = options.maxBytes;
    this.#maxAgeMs = options.maxAgeMs;
  }

  start(): Promise<void> {
    this.#store = this.#open();
    this.#timer = setInterval(() => this.#tidy(), TIDY_EVERY_MS);
    this.#timer.unref();
    return Promise.resolve();
  }

  /** What was not asked for while the store was open is not known. */
  #acknowledged({ run, thread }: StreamKey): Place | null {
    const key = `${run}.${thread}`;
    let place = this.#places.get(key);
    if (place === undefined && this.#store !== null)
      this.#places.set(key, (place = this.#store.place(run, thread)));
    return place ?? null;
  }

  // oxlint-disable-next-line require-await -- SQLite is synchronous
  async send({ stream: { run, thread }, records, place }: Batch): Promise<SendResult> {
    let refused: ReadonlySet<RecordDocument>;
    try {
      refused = this.#store!.insert(records, { run, thread, ...place });
    } catch (error) {
      // A transaction is stored or not: never ambiguous.
      return {
        kind: 'retry',
        reason: (error as Error).message,
        retryAfterMs: null,
        isAmbiguous: false,
        isOverload: false,
      };
    }
    this.#places.set(`${run}.${thread}`, place);
    return {
      kind: 'answered',
      items: records.map((record) => (refused.has(record) ? UNSTORABLE : DELIVERED)),
    };
  }

  epoch(): string {
    return '';
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

  /** Forgets what is due and merges what is small. */
  #tidy(): void {
    try {
      this.#store?.merge();
      const hasMore = this.#store?.expire({
        maxBytes: this.#maxBytes,
        maxAgeMs: this.#maxAgeMs,
        nowMs: Date.now(),
      });
      if (hasMore === true) setImmediate(() => this.#tidy());
    } catch (error) {
      this.#log.write('error', `[store] cannot forget old records: ${(error as Error).message}`);
    }
  }
}

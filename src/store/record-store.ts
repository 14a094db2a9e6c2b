import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { EcsDocument } from '../records/ecs-document.ts';
import type { RecordDocument } from '../records/record-document.ts';
import { BlockWriter } from './block-writer.ts';
import { insertBlock, isStorable, lastRowOf, sequenceBounds } from './insert-block.ts';
import { matcherOf } from './match-query.ts';
import { mergeBlocks } from './merge-blocks.ts';
import type { Query } from './query.ts';
import { BLOCK_ROW, type BlockRow, readBlock } from './read-block.ts';
import { hasOldRecords, prepareSchema, SCHEMA_VERSION } from './schema.ts';
import { StoreReading } from './store-reading.ts';

/** A block is forgotten as a whole once its newest record is due; one that spans more time than this loses its older records before. */
const MAX_LATE_MS = 1000;
/** Records that one call of `expire` forgets, about. */
const EXPIRED_AT_A_TIME = 2000;
/** Records of blocks that one call of `expire` looks at, about. */
const LOOKED_AT = 10 * EXPIRED_AT_A_TIME;

/** A place in the spool up to which a stream is stored. */
export interface StoredPlace {
  readonly run: string;
  readonly thread: number;
  readonly segment: number;
  readonly offset: number;
}

export interface QueryOptions {
  readonly limit: number;
  readonly sinceMs?: number;
  /** Only records stored after this one. */
  readonly afterRowid?: number;
  /** Default the newest first. */
  readonly order?: 'newest' | 'oldest';
}

export interface StoredRow {
  readonly rowid: number;
  /** The record's JSON document. */
  readonly document: string;
}

/** What the store holds of one run and data thread. */
export interface StoredStream {
  readonly run: string;
  readonly thread: number;
  readonly records: number;
  readonly sourceBytes: number;
  readonly destinationBytes: number;
  /** Retention has deleted all sequence numbers up to this. */
  readonly expiredThrough: number;
  readonly expiredRecords: number;
}

export interface StoredGap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** Exchanges that a capture rule left without records. */
export interface StoredLeftOut {
  readonly rule: string;
  readonly capture: string;
  readonly count: number;
}

/**
 * The embedded store: blocks of records in SQLite, each with a filter of the words that it has. Records and the place in the spool that they came
 * from are written in one transaction, so that each is there exactly once.
 */
export class RecordStore {
  /** For those who read step by step. */
  readonly reading: StoreReading;
  readonly #database: DatabaseSync;
  readonly #writer: BlockWriter;
  #mergedThrough = 0;

  private constructor(database: DatabaseSync, writer: BlockWriter) {
    this.#database = database;
    this.#writer = writer;
    this.reading = new StoreReading(database);
  }

  /**
   * Opens or makes the store; one of an older version is brought to this one, which takes a second for 50,000 records or so. Throws where the file is no
   * store, of a newer version, or only to be read and of an older version or not all converted.
   */
  static open(file: string, { isReadOnly = false }: { isReadOnly?: boolean } = {}): RecordStore {
    const database = new DatabaseSync(file, { readOnly: isReadOnly, timeout: 5000 });
    const writer = new BlockWriter();
    try {
      const version = (database.prepare('PRAGMA user_version').get() as { user_version: number })
        .user_version;
      if (version > SCHEMA_VERSION) throw new Error(`${file} was made by a newer version`);
      if (isReadOnly && version < SCHEMA_VERSION)
        throw new Error(
          `${file} was made by an older version: start the gateway of this one, which converts it`,
        );
      if (isReadOnly && hasOldRecords(database))
        throw new Error(
          `${file} is not all converted from an older version yet: wait for the gateway, or start it if it does not run`,
        );
      if (!isReadOnly) {
        prepareSchema(database, version, writer);
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF');
        for (const suffix of ['', '-wal', '-shm']) chmodQuietly(`${file}${suffix}`);
      }
    } catch (error) {
      database.close();
      throw error;
    }
    return new RecordStore(database, writer);
  }

  /**
   * Stores records and the place after them, both or neither; a record that is there already is passed over. Throws where the database cannot be written.
   * @returns the records that no block can hold: they are left out
   */
  insert(records: readonly RecordDocument[], place: StoredPlace): ReadonlySet<RecordDocument> {
    const refused = new Set<RecordDocument>();
    for (const record of records) if (!isStorable(record)) refused.add(record);
    const storable = refused.size === 0 ? records : records.filter((record) => !refused.has(record));
    this.#transaction(() => {
      const fresh = this.#withoutStored(storable, place);
      if (fresh.length > 0) insertBlock(this.#database, this.#writer, place, fresh);
      this.#database
        .prepare('INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)')
        .run(place.run, place.thread, place.segment, place.offset);
    });
    return refused;
  }

  /** Up to which place of the spool a stream is stored. */
  place(run: string, thread: number): { segment: number; offset: number } | null {
    const row = this.#database
      .prepare('SELECT segment, offset FROM places WHERE run = ? AND thread = ?')
      .get(run, thread);
    return (row as { segment: number; offset: number } | undefined) ?? null;
  }

  *query(query: Query, options: QueryOptions): Iterable<StoredRow> {
    const { order = 'newest', limit, sinceMs = 0, afterRowid = 0 } = options;
    const isNewestFirst = order === 'newest';
    const { usesFilter, mayMatch, matches } = matcherOf(query);
    const blocks = this.#database
      .prepare(
        `SELECT ${BLOCK_ROW} ${usesFilter ? ', filter' : ''}
         FROM blocks ${usesFilter ? 'JOIN contents USING (last_row)' : ''}
         WHERE last_ms >= ? AND last_row > ? ORDER BY last_row ${isNewestFirst ? 'DESC' : 'ASC'}`,
      )
      .iterate(sinceMs, afterRowid) as unknown as Iterable<BlockRow & { filter?: Uint8Array | null }>;
    let left = limit;
    if (left <= 0) return;
    for (const found of blocks) {
      if (!mayMatch(found.filter ?? null)) continue;
      const block = readBlock(this.#database, found);
      for (let turn = 0; turn < block.count; turn++) {
        const index = isNewestFirst ? block.count - 1 - turn : turn;
        const rowid = block.row(index);
        if (rowid <= afterRowid || block.timestamps[index]! < sinceMs || !matches(block, index)) continue;
        yield { rowid, document: block.documentBytes(index).toString('utf8') };
        if (--left === 0) return;
      }
    }
  }

  get lastRowid(): number {
    return lastRowOf(this.#database);
  }

  /** What is held of each run and data thread. */
  streams(): StoredStream[] {
    const rows = this.#database
      .prepare(
        `SELECT run, thread, sum(records) AS records, sum(source) AS source, sum(destination) AS destination,
                max(through) AS through, sum(expired) AS expired
         FROM (
           SELECT run, thread, sum(records) AS records, sum(source_bytes) AS source, sum(destination_bytes) AS destination,
                  0 AS through, 0 AS expired FROM blocks GROUP BY run, thread
           UNION ALL SELECT run, thread, 0, source_bytes, destination_bytes, through, records FROM expired
         ) GROUP BY run, thread`,
      )
      .all() as {
      run: string;
      thread: number;
      records: number;
      source: number;
      destination: number;
      through: number;
      expired: number;
    }[];
    return rows.map((row) => ({
      run: row.run,
      thread: row.thread,
      records: row.records,
      sourceBytes: row.source,
      destinationBytes: row.destination,
      expiredThrough: row.through,
      expiredRecords: row.expired,
    }));
  }

  /** Sequence numbers of a stream, ascending within what was stored together; those of synthetic records (0) left out. */
  *sequences(run: string, thread: number): Iterable<number> {
    const rows = this.#database
      .prepare(
        `SELECT ${BLOCK_ROW} FROM blocks
         WHERE run = ? AND thread = ? AND last_sequence > 0 ORDER BY last_sequence`,
      )
      .iterate(run, thread) as unknown as Iterable<BlockRow>;
    for (const row of rows)
      for (const sequence of readBlock(this.#database, row).sequences) if (sequence > 0) yield sequence;
  }

  gaps(run: string, thread: number): StoredGap[] {
    const gaps: StoredGap[] = [];
    for (const { tapline } of this.#special('gap', 'AND run = ? AND thread = ?', [run, thread])) {
      const { from = 0, to = 0, reason = '' } = tapline?.gap ?? {};
      gaps.push({ from, to, reason });
    }
    return gaps.toSorted((left, right) => left.from - right.from);
  }

  /** What capture rules have left without records, added up. */
  leftOut(): StoredLeftOut[] {
    const sums = new Map<string, StoredLeftOut>();
    for (const { tapline } of this.#special('summary', '', [])) {
      const { rule = '', capture = '', summary } = tapline ?? {};
      const key = `${rule}\n${capture}`;
      sums.set(key, { rule, capture, count: (sums.get(key)?.count ?? 0) + (summary?.count ?? 0) });
    }
    return [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, sum]) => sum);
  }

  /** Forgets the oldest records beyond the bounds, a bounded number a call; true where more are due. */
  expire({ maxBytes, maxAgeMs, nowMs }: { maxBytes: number; maxAgeMs: number; nowMs: number }): boolean {
    const excess = this.#usedBytes() - maxBytes;
    const due = excess > 0 ? Number.MAX_VALUE : nowMs - maxAgeMs;
    const whole = this.#blocksDue('last_ms < ?', due);
    const late =
      excess > 0 ? [] : this.#blocksDue(`last_ms >= ? AND last_ms - first_ms > ${MAX_LATE_MS}`, due);
    if (whole.length + late.length === 0) return false;
    let [forgotten, looked, bytes] = [0, 0, 0];
    this.#transaction(() => {
      for (const row of [...whole, ...late]) {
        forgotten += this.#forget(row, due);
        looked += row.records;
        bytes += row.bytes;
        if (forgotten >= EXPIRED_AT_A_TIME || looked >= LOOKED_AT || (excess > 0 && bytes >= excess)) break;
      }
    });
    if (forgotten > 0) this.#database.exec('PRAGMA incremental_vacuum(200)');
    // Only what was forgotten brings a next call further: late records may stand behind newer ones, and stay for now.
    return forgotten >= EXPIRED_AT_A_TIME || excess > 0;
  }

  /** Makes of many small blocks fewer larger ones, a bounded number a call. */
  merge(): void {
    let mergedThrough = this.#mergedThrough;
    this.#transaction(() => (mergedThrough = mergeBlocks(this.#database, this.#writer, mergedThrough)));
    this.#mergedThrough = mergedThrough;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #transaction(write: () => void): void {
    const database = this.#database;
    database.exec('BEGIN IMMEDIATE');
    try {
      write();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Documents of records that are no exchanges. */
  *#special(
    kind: RecordDocument['kind'],
    where: string,
    values: SQLInputValue[],
  ): Iterable<Partial<EcsDocument>> {
    const rows = this.#database
      .prepare(`SELECT ${BLOCK_ROW} FROM blocks WHERE special > 0 ${where} ORDER BY last_row`)
      .iterate(...values) as unknown as Iterable<BlockRow>;
    for (const row of rows) {
      const block = readBlock(this.#database, row);
      for (let index = 0; index < block.count; index++)
        if (block.value(index, 'kind') === kind) yield block.document(index);
    }
  }

  /** Sequence numbers that are stored already are rare: only blocks with such numbers are looked into. */
  #withoutStored(
    records: readonly RecordDocument[],
    { run, thread }: StoredPlace,
  ): readonly RecordDocument[] {
    const { first, last } = sequenceBounds(records);
    const rows = this.#database
      .prepare(
        `SELECT ${BLOCK_ROW} FROM blocks
         WHERE run = ? AND thread = ? AND last_sequence >= ? AND first_sequence <= ?`,
      )
      .all(run, thread, first, last) as unknown as BlockRow[];
    if (rows.length === 0) return records;
    const stored = new Set(rows.flatMap((row) => readBlock(this.#database, row).ids));
    return records.filter(({ id }) => !stored.has(id));
  }

  /** Blocks with records older than `due`, the first stored first. */
  #blocksDue(where: string, due: number): (BlockRow & { bytes: number })[] {
    return this.#database
      .prepare(
        `SELECT ${BLOCK_ROW}, bytes FROM blocks WHERE first_ms < ? AND ${where} ORDER BY last_row LIMIT ${EXPIRED_AT_A_TIME}`,
      )
      .all(due, due) as unknown as (BlockRow & { bytes: number })[];
  }

  /**
   * Forgets the records of a block that are older than `due`, and keeps the sums of what was forgotten. Numbers of rows have no holes: what is behind a
   * record that stays, stays.
   * @returns how many
   */
  #forget(row: BlockRow, due: number): number {
    const block = readBlock(this.#database, row);
    const gone = { through: 0, records: 0, source: 0, destination: 0 };
    for (const [index, timestampMs] of block.timestamps.entries()) {
      if (timestampMs >= due) break;
      gone.through = Math.max(gone.through, block.sequences[index]!);
      gone.records++;
      gone.source += block.value(index, 'sourceBytes') as number;
      gone.destination += block.value(index, 'destinationBytes') as number;
    }
    if (gone.records === 0) return 0;
    const kept: RecordDocument[] = [];
    for (let index = gone.records; index < block.count; index++) kept.push(block.record(index));
    const database = this.#database;
    database
      .prepare(
        `INSERT INTO expired VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, thread) DO UPDATE SET through = max(through, excluded.through),
           records = records + excluded.records, source_bytes = source_bytes + excluded.source_bytes,
           destination_bytes = destination_bytes + excluded.destination_bytes`,
      )
      .run(row.run, row.thread, gone.through, gone.records, gone.source, gone.destination);
    database.prepare('DELETE FROM blocks WHERE last_row = ?').run(row.last_row);
    database.prepare('DELETE FROM contents WHERE last_row = ?').run(row.last_row);
    if (kept.length > 0) insertBlock(database, this.#writer, row, kept, row.last_row);
    return gone.records;
  }

  #usedBytes(): number {
    const pragma = (name: string): number =>
      Object.values(this.#database.prepare(`PRAGMA ${name}`).get()!)[0] as number;
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }
}

function chmodQuietly(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Not there (yet): SQLite makes it with the mode of the main file.
  }
}

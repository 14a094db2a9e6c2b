import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { RecordDocument } from '../records/record-document.ts';
import { compileQuery } from './compile-query.ts';
import type { Query } from './query.ts';

const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE records (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    run TEXT NOT NULL, thread INTEGER NOT NULL, sequence INTEGER NOT NULL,
    kind TEXT NOT NULL, timestamp_ms REAL NOT NULL,
    method TEXT, host TEXT, path TEXT, status INTEGER, duration_ns REAL, mime_type TEXT,
    outcome TEXT, error_type TEXT, client TEXT, trace TEXT, connection INTEGER,
    bytes REAL NOT NULL, source_bytes REAL NOT NULL, destination_bytes REAL NOT NULL,
    gap_from INTEGER, gap_to INTEGER, gap_reason TEXT,
    document TEXT NOT NULL
  );
  CREATE INDEX records_by_time ON records (timestamp_ms);
  CREATE INDEX records_by_sequence ON records (run, thread, sequence);
  CREATE VIRTUAL TABLE search USING fts5 (
    request_body, response_body, other, content = '', contentless_delete = 1, tokenize = 'unicode61'
  );
  CREATE TABLE places (run TEXT, thread INTEGER, segment INTEGER, offset INTEGER, PRIMARY KEY (run, thread));
  CREATE TABLE expired (
    run TEXT, thread INTEGER, through INTEGER, records INTEGER, source_bytes REAL, destination_bytes REAL,
    PRIMARY KEY (run, thread)
  );
`;

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
 * The embedded store: SQLite with full-text search. Records and the place in the spool that they came from are written in one
 * transaction, so that each is there exactly once.
 */
export class RecordStore {
  readonly #database: DatabaseSync;
  #insertRecord: StatementSync | null = null;
  #insertSearch: StatementSync | null = null;
  #savePlace: StatementSync | null = null;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Opens or makes the store. Throws where the file is no store, or of a newer version. */
  static open(file: string, { isReadOnly = false }: { isReadOnly?: boolean } = {}): RecordStore {
    const database = new DatabaseSync(file, { readOnly: isReadOnly, timeout: 5000 });
    try {
      const version = (database.prepare('PRAGMA user_version').get() as { user_version: number })
        .user_version;
      if (version > SCHEMA_VERSION) throw new Error(`${file} was made by a newer version`);
      if (!isReadOnly) {
        if (version === 0) {
          // Rows of 2 KB need pages that hold several; it must be set before anything is written.
          database.exec('PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL;');
          database.exec('PRAGMA journal_mode = WAL');
          database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
        }
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF');
        for (const suffix of ['', '-wal', '-shm']) chmodQuietly(`${file}${suffix}`);
      }
    } catch (error) {
      database.close();
      throw error;
    }
    return new RecordStore(database);
  }

  /** Stores records and the place after them, both or neither; a record that is there already is passed over. */
  insert(records: readonly RecordDocument[], place: StoredPlace): void {
    const database = this.#database;
    this.#insertRecord ??= this.#prepareWrite(
      `INSERT OR IGNORE INTO records (id, run, thread, sequence, kind, timestamp_ms, method, host, path, status, duration_ns,
         mime_type, outcome, error_type, client, trace, connection, bytes, source_bytes, destination_bytes, gap_from, gap_to,
         gap_reason, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertSearch ??= this.#prepareWrite(
      'INSERT INTO search (rowid, request_body, response_body, other) VALUES (?, ?, ?, ?)',
    );
    this.#savePlace ??= this.#prepareWrite('INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)');
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const record of records) {
        const text = record.bytes.toString('utf8');
        const facts = readFacts(text);
        const { changes, lastInsertRowid } = this.#insertRecord.run(
          record.id,
          place.run,
          place.thread,
          record.sequence,
          facts.kind,
          record.timestampMs,
          facts.method,
          facts.host,
          facts.path,
          facts.status,
          facts.durationNs,
          facts.mimeType,
          facts.outcome,
          facts.errorType,
          facts.client,
          facts.trace,
          facts.connection,
          record.sourceBytes + record.destinationBytes,
          record.sourceBytes,
          record.destinationBytes,
          facts.gapFrom,
          facts.gapTo,
          facts.gapReason,
          text,
        );
        if (changes > 0)
          this.#insertSearch.run(lastInsertRowid, facts.requestBody, facts.responseBody, facts.other);
      }
      this.#savePlace.run(place.run, place.thread, place.segment, place.offset);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Up to which place of the spool a stream is stored. */
  place(run: string, thread: number): { segment: number; offset: number } | null {
    const row = this.#database
      .prepare('SELECT segment, offset FROM places WHERE run = ? AND thread = ?')
      .get(run, thread);
    return (row as { segment: number; offset: number } | undefined) ?? null;
  }

  *query(query: Query, options: QueryOptions): Iterable<StoredRow> {
    const { sql, values } = compileQuery(query);
    const order = options.order === 'oldest' ? 'ASC' : 'DESC';
    const rows = this.#database
      .prepare(
        `SELECT rowid, document FROM records WHERE ${sql} AND timestamp_ms >= ? AND rowid > ? ORDER BY rowid ${order} LIMIT ?`,
      )
      .iterate(...(values as SQLInputValue[]), options.sinceMs ?? 0, options.afterRowid ?? 0, options.limit);
    for (const row of rows) yield row as unknown as StoredRow;
  }

  get lastRowid(): number {
    return (
      this.#database.prepare('SELECT coalesce(max(rowid), 0) AS last FROM records').get() as { last: number }
    ).last;
  }

  /** What is held of each run and data thread. */
  streams(): StoredStream[] {
    const rows = this.#database
      .prepare(
        `SELECT run, thread, sum(records) AS records, sum(source) AS source, sum(destination) AS destination,
                max(through) AS through, sum(expired) AS expired
         FROM (
           SELECT run, thread, count(*) AS records, sum(source_bytes) AS source, sum(destination_bytes) AS destination,
                  0 AS through, 0 AS expired FROM records GROUP BY run, thread
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

  /** Sequence numbers of a stream, ascending; those of synthetic records (0) left out. */
  *sequences(run: string, thread: number): Iterable<number> {
    const rows = this.#database
      .prepare('SELECT sequence FROM records WHERE run = ? AND thread = ? AND sequence > 0 ORDER BY sequence')
      .iterate(run, thread);
    for (const row of rows) yield (row as { sequence: number }).sequence;
  }

  gaps(run: string, thread: number): StoredGap[] {
    return this.#database
      .prepare(
        `SELECT gap_from AS "from", gap_to AS "to", gap_reason AS reason FROM records
         WHERE run = ? AND thread = ? AND gap_from IS NOT NULL ORDER BY gap_from`,
      )
      .all(run, thread) as unknown as StoredGap[];
  }

  /** What capture rules have left without records, added up. */
  leftOut(): StoredLeftOut[] {
    return this.#database
      .prepare(
        `SELECT document ->> '$.tapline.rule' AS rule, document ->> '$.tapline.capture' AS capture,
                sum(document ->> '$.tapline.summary.count') AS count
         FROM records WHERE kind = 'summary' GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      .all() as unknown as StoredLeftOut[];
  }

  /** Forgets the oldest records beyond the bounds, a bounded number a call; true where more are due. */
  expire({ maxBytes, maxAgeMs, nowMs }: { maxBytes: number; maxAgeMs: number; nowMs: number }): boolean {
    const count = 2000;
    const due = this.#usedBytes() > maxBytes ? Infinity : nowMs - maxAgeMs;
    const rows = this.#database
      .prepare(
        `SELECT rowid, run, thread, sequence, source_bytes AS source, destination_bytes AS destination
         FROM records WHERE timestamp_ms < ? ORDER BY rowid LIMIT ?`,
      )
      .all(due === Infinity ? Number.MAX_VALUE : due, count) as {
      rowid: number;
      run: string;
      thread: number;
      sequence: number;
      source: number;
      destination: number;
    }[];
    if (rows.length === 0) return false;
    const note = this.#prepareWrite(
      `INSERT INTO expired VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (run, thread) DO UPDATE SET through = max(through, excluded.through),
         records = records + 1, source_bytes = source_bytes + excluded.source_bytes,
         destination_bytes = destination_bytes + excluded.destination_bytes`,
    );
    const forget = this.#prepareWrite('DELETE FROM records WHERE rowid = ?');
    const forgetSearch = this.#prepareWrite('DELETE FROM search WHERE rowid = ?');
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) {
        note.run(row.run, row.thread, row.sequence, row.source, row.destination);
        forgetSearch.run(row.rowid);
        forget.run(row.rowid);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#database.exec('PRAGMA incremental_vacuum(200)');
    return rows.length === count;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** FTS5 leaves row numbers of its own tables as the last one inserted, beyond what a number holds. */
  #prepareWrite(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }

  #usedBytes(): number {
    const pragma = (name: string): number =>
      Object.values(this.#database.prepare(`PRAGMA ${name}`).get()!)[0] as number;
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }
}

interface Facts {
  kind: string;
  method: string | null;
  host: string | null;
  path: string | null;
  status: number | null;
  durationNs: number | null;
  mimeType: string | null;
  outcome: string | null;
  errorType: string | null;
  client: string | null;
  trace: string | null;
  connection: number | null;
  gapFrom: number | null;
  gapTo: number | null;
  gapReason: string | null;
  requestBody: string;
  responseBody: string;
  other: string;
}

/** What of a document is searched by column or word. */
function readFacts(text: string): Facts {
  const document = JSON.parse(text) as {
    event?: { outcome?: string; duration?: number };
    http?: {
      request?: { method?: string; body?: { content?: string }; headers?: object };
      response?: { status_code?: number; mime_type?: string; body?: { content?: string }; headers?: object };
    };
    url?: { domain?: string; path?: string; original?: string };
    error?: { type?: string; message?: string };
    client?: { ip?: string; address?: string };
    trace?: { id?: string };
    tapline?: {
      kind?: string;
      connection?: { id?: number };
      gap?: { from: number; to: number; reason: string };
    };
  };
  const { http, url, tapline } = document;
  return {
    kind: tapline?.kind ?? 'exchange',
    method: http?.request?.method ?? null,
    host: url?.domain ?? null,
    path: url?.path ?? null,
    status: http?.response?.status_code ?? null,
    durationNs: document.event?.duration ?? null,
    mimeType: http?.response?.mime_type ?? null,
    outcome: document.event?.outcome ?? null,
    errorType: document.error?.type ?? null,
    client: document.client?.address ?? document.client?.ip ?? null,
    trace: document.trace?.id ?? null,
    connection: tapline?.connection?.id ?? null,
    gapFrom: tapline?.gap?.from ?? null,
    gapTo: tapline?.gap?.to ?? null,
    gapReason: tapline?.gap?.reason ?? null,
    requestBody: http?.request?.body?.content ?? '',
    responseBody: http?.response?.body?.content ?? '',
    other: [
      url?.original ?? '',
      document.error?.message ?? '',
      ...Object.entries(http?.request?.headers ?? {}).flat(2),
      ...Object.entries(http?.response?.headers ?? {}).flat(2),
    ].join(' '),
  };
}

function chmodQuietly(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Not there (yet): SQLite makes it with the mode of the main file.
  }
}

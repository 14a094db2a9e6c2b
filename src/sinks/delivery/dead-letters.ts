import { chmodSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { RecordDocument } from '../../records/record-document.ts';
import type { StreamKey } from '../sink.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE letters (
    number INTEGER PRIMARY KEY,
    sink TEXT NOT NULL, id TEXT NOT NULL,
    run TEXT NOT NULL, thread INTEGER NOT NULL, sequence INTEGER NOT NULL,
    kind TEXT NOT NULL, timestamp_ms REAL NOT NULL, source_bytes REAL NOT NULL, destination_bytes REAL NOT NULL,
    type TEXT NOT NULL, reason TEXT NOT NULL, status INTEGER, tries INTEGER NOT NULL, refused_ms REAL NOT NULL,
    is_requeued INTEGER NOT NULL DEFAULT 0,
    document BLOB,
    UNIQUE (sink, id)
  );
  CREATE INDEX letters_requeued ON letters (sink) WHERE is_requeued = 1;
  CREATE TABLE given_up (
    sink TEXT NOT NULL, run TEXT NOT NULL, thread INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL, reason TEXT NOT NULL, noted_ms REAL NOT NULL
  );
  CREATE INDEX given_up_by_stream ON given_up (sink, run, thread);
`;

/** Letters kept with their reasons; the oldest beyond it are only counted, as ranges. */
const MAX_LETTERS = 100_000;

/** Why a sink will never take a record. */
export interface Refusal {
  /** The sink's word for it: `mapper_parsing_exception`. */
  readonly type: string;
  /** In words, nothing of the record in it. */
  readonly reason: string;
  readonly status: number | null;
  readonly tries: number;
}

/** A dead letter as it is listed. */
export interface DeadLetter extends Refusal {
  readonly number: number;
  readonly sink: string;
  readonly id: string;
  readonly run: string;
  readonly thread: number;
  readonly sequence: number;
  readonly timestampMs: number;
  readonly refusedMs: number;
  readonly isRequeued: boolean;
  /** Null where it was dropped for want of room. */
  readonly documentBytes: number | null;
}

/** Records of one stream that a sink will not get, without their documents. */
export interface GivenUp {
  readonly sink: string;
  readonly run: string;
  readonly thread: number;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly reason: string;
}

/** Which letters a command is about; all where nothing is given. */
export interface LetterSelection {
  readonly sink?: string;
  readonly ids?: readonly string[];
}

/**
 * What sinks refused for good, on disk, redacted as all records are: `<data-dir>/dead-letters.sqlite`. The gateway writes, `tapline dead-letters` reads and
 * marks letters to be sent again; either may be at it while the other is.
 */
export class DeadLetters {
  readonly #database: DatabaseSync;
  readonly #maxBytes: number;
  readonly #statements = new Map<string, StatementSync>();
  /** Bytes of documents, as far as this process knows. */
  #bytes: number;

  private constructor(database: DatabaseSync, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
    this.#bytes = this.#measure();
  }

  /** Opens or makes it. Throws what SQLite throws. */
  static open(file: string, { maxBytes }: { maxBytes: number }): DeadLetters {
    const database = new DatabaseSync(file, { timeout: 5000 });
    try {
      const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
        user_version: number;
      };
      if (version > SCHEMA_VERSION) throw new Error(`${file} was made by a newer version of Tapline`);
      if (version === 0) {
        database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL');
        database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
      }
      database.exec('PRAGMA synchronous = NORMAL');
      for (const suffix of ['', '-wal', '-shm']) chmodQuietly(`${file}${suffix}`);
      return new DeadLetters(database, maxBytes);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps records with the reasons; one that is there already gets the newer reason. Throws where the disk does not take them. */
  add(
    sink: string,
    { run, thread }: StreamKey,
    letters: readonly { readonly record: RecordDocument; readonly refusal: Refusal }[],
    nowMs: number,
  ): void {
    const insert = this.#statement(
      `INSERT INTO letters (sink, id, run, thread, sequence, kind, timestamp_ms, source_bytes, destination_bytes, type, reason, status,
         tries, refused_ms, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sink, id) DO UPDATE SET type = excluded.type, reason = excluded.reason, status = excluded.status,
         tries = letters.tries + excluded.tries, refused_ms = excluded.refused_ms, is_requeued = 0`,
    );
    const known = this.#statement('SELECT 1 FROM letters WHERE sink = ? AND id = ?');
    this.#inTransaction(() => {
      for (const { record, refusal } of letters) {
        if (known.get(sink, record.id) === undefined) this.#bytes += record.bytes.length;
        insert.run(
          sink,
          record.id,
          run,
          thread,
          record.sequence,
          record.kind,
          record.timestampMs,
          record.sourceBytes,
          record.destinationBytes,
          refusal.type,
          refusal.reason,
          refusal.status,
          refusal.tries,
          nowMs,
          record.bytes,
        );
      }
      if (this.#bytes > this.#maxBytes) this.#dropDocuments();
      this.#mergeOldest(nowMs);
    });
  }

  /** Records that a sink will not get although nobody refused them: their segment was needed by newer ones. */
  giveUp(range: GivenUp, nowMs: number): void {
    const { sink, run, thread, first, last, count, reason } = range;
    const { changes } = this.#statement(
      `UPDATE given_up SET last = ?, count = count + ?, noted_ms = ?
       WHERE sink = ? AND run = ? AND thread = ? AND reason = ? AND last = ?`,
    ).run(last, count, nowMs, sink, run, thread, reason, first - 1);
    if (changes === 0)
      this.#statement('INSERT INTO given_up VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
        sink,
        run,
        thread,
        first,
        last,
        count,
        reason,
        nowMs,
      );
  }

  /** Changes when another process has written. */
  get version(): number {
    return (this.#database.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
  }

  /** Oldest first. */
  *list(selection: LetterSelection = {}, limit = Number.MAX_SAFE_INTEGER): Iterable<DeadLetter> {
    const { sql, values } = where(selection);
    const rows = this.#database
      .prepare(
        `SELECT number, sink, id, run, thread, sequence, timestamp_ms AS timestampMs, type, reason, status, tries, refused_ms AS refusedMs,
           is_requeued AS isRequeued, length(document) AS documentBytes FROM letters WHERE ${sql} ORDER BY number LIMIT ?`,
      )
      .iterate(...values, limit);
    for (const row of rows)
      yield {
        ...(row as unknown as DeadLetter),
        isRequeued: (row as { isRequeued: number }).isRequeued === 1,
      };
  }

  givenUp(sink?: string): GivenUp[] {
    return this.#database
      .prepare(
        `SELECT sink, run, thread, first, last, count, reason FROM given_up WHERE ?1 IS NULL OR sink = ?1 ORDER BY run, thread, first`,
      )
      .all(sink ?? null) as unknown as GivenUp[];
  }

  /** The document of a letter; null where it was dropped, or there is no such letter. */
  document(sink: string, id: string): Buffer | null {
    const row = this.#database
      .prepare('SELECT document FROM letters WHERE sink = ? AND id = ?')
      .get(sink, id);
    const { document } = (row ?? { document: null }) as { document: Uint8Array | null };
    return document === null ? null : Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  }

  /** Marks letters to be sent again by the gateway that runs, or the next one. Returns how many; those without a document cannot. */
  requeue(selection: LetterSelection): number {
    const { sql, values } = where(selection);
    return Number(
      this.#database
        .prepare(
          `UPDATE letters SET is_requeued = 1 WHERE ${sql} AND document IS NOT NULL AND is_requeued = 0`,
        )
        .run(...values).changes,
    );
  }

  /** Forgets letters: they stay counted as given up, so that `verify` still names them. Returns how many. */
  drop(selection: LetterSelection, nowMs: number): number {
    const { sql, values } = where(selection);
    let count = 0;
    this.#inTransaction(() => {
      const rows = this.#database
        .prepare(
          `SELECT sink, run, thread, sequence FROM letters WHERE ${sql} ORDER BY sink, run, thread, sequence`,
        )
        .all(...values) as { sink: string; run: string; thread: number; sequence: number }[];
      for (const { sequence, ...row } of rows)
        this.giveUp(
          { ...row, first: sequence, last: sequence, count: 1, reason: 'dead letter dropped' },
          nowMs,
        );
      count = Number(this.#database.prepare(`DELETE FROM letters WHERE ${sql}`).run(...values).changes);
    });
    this.#bytes = this.#measure();
    this.#database.exec('PRAGMA incremental_vacuum');
    return count;
  }

  /** Letters that wait to be sent again, oldest first, with their stream. */
  requeued(sink: string, limit: number): { stream: StreamKey; record: RecordDocument }[] {
    const rows = this.#statement(
      `SELECT run, thread, id, sequence, kind, timestamp_ms, source_bytes, destination_bytes, document FROM letters
       WHERE sink = ? AND is_requeued = 1 AND document IS NOT NULL ORDER BY number LIMIT ?`,
    ).all(sink, limit) as {
      run: string;
      thread: number;
      id: string;
      sequence: number;
      kind: RecordDocument['kind'];
      timestamp_ms: number;
      source_bytes: number;
      destination_bytes: number;
      document: Uint8Array;
    }[];
    return rows.map((row) => ({
      stream: { run: row.run, thread: row.thread },
      record: {
        id: row.id,
        sequence: row.sequence,
        kind: row.kind,
        timestampMs: row.timestamp_ms,
        sourceBytes: row.source_bytes,
        destinationBytes: row.destination_bytes,
        bytes: Buffer.from(row.document.buffer, row.document.byteOffset, row.document.byteLength),
      },
    }));
  }

  /** Letters that the sink has taken after all. */
  delivered(sink: string, ids: readonly string[]): void {
    const remove = this.#statement('DELETE FROM letters WHERE sink = ? AND id = ?');
    this.#inTransaction(() => {
      for (const id of ids) remove.run(sink, id);
    });
    this.#bytes = this.#measure();
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** The oldest documents go first; their letters stay, with the reason. */
  #dropDocuments(): void {
    const oldest = this.#database
      .prepare(
        'SELECT number, length(document) AS bytes FROM letters WHERE document IS NOT NULL ORDER BY number',
      )
      .iterate() as Iterable<{ number: number; bytes: number }>;
    const dropped: number[] = [];
    let bytes = this.#bytes;
    for (const letter of oldest) {
      if (bytes <= this.#maxBytes) break;
      bytes -= letter.bytes;
      dropped.push(letter.number);
    }
    const drop = this.#statement('UPDATE letters SET document = NULL, is_requeued = 0 WHERE number = ?');
    for (const number of dropped) drop.run(number);
    this.#bytes = bytes;
  }

  #mergeOldest(nowMs: number): void {
    const { count } = this.#statement('SELECT count(*) AS count FROM letters').get() as { count: number };
    if (count <= MAX_LETTERS) return;
    const rows = this.#database
      .prepare('SELECT number, sink, run, thread, sequence, type FROM letters ORDER BY number LIMIT ?')
      .all(count - MAX_LETTERS) as {
      number: number;
      sink: string;
      run: string;
      thread: number;
      sequence: number;
      type: string;
    }[];
    const remove = this.#statement('DELETE FROM letters WHERE number = ?');
    for (const { number, sequence, type, ...row } of rows) {
      this.giveUp({ ...row, first: sequence, last: sequence, count: 1, reason: type }, nowMs);
      remove.run(number);
    }
    this.#bytes = this.#measure();
  }

  #measure(): number {
    return (
      this.#database.prepare('SELECT coalesce(sum(length(document)), 0) AS bytes FROM letters').get() as {
        bytes: number;
      }
    ).bytes;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  #inTransaction(work: () => void): void {
    const bytes = this.#bytes;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#bytes = bytes;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function where({ sink, ids }: LetterSelection): { sql: string; values: (string | null)[] } {
  const parts = ['1'];
  const values: string[] = [];
  if (sink !== undefined) {
    parts.push('sink = ?');
    values.push(sink);
  }
  if (ids !== undefined) {
    parts.push(`id IN (${ids.map(() => '?').join(', ')})`);
    values.push(...ids);
  }
  return { sql: parts.join(' AND '), values };
}

function chmodQuietly(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Not there (yet).
  }
}

import type { DatabaseSync } from 'node:sqlite';
import type { RecordDocument } from '../records/record-document.ts';
import type { BlockWriter } from './block-writer.ts';
import { insertBlock } from './insert-block.ts';

export const SCHEMA_VERSION = 2;

/**
 * Records lie in blocks of one stream each. Their numbers, the rows, are without holes within a block; its last one names it, so that a block that
 * loses its oldest records stays where it was. `blocks` is what is looked through; it is small. What is in a block is in `contents`, see block-writer.ts.
 */
const SCHEMA = `
  CREATE TABLE blocks (
    last_row INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL, thread INTEGER NOT NULL, records INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
    first_ms REAL NOT NULL, last_ms REAL NOT NULL,
    source_bytes REAL NOT NULL, destination_bytes REAL NOT NULL,
    special INTEGER NOT NULL, bytes INTEGER NOT NULL
  );
  CREATE INDEX blocks_by_time ON blocks (first_ms);
  CREATE INDEX blocks_by_sequence ON blocks (run, thread, last_sequence);
  CREATE TABLE contents (last_row INTEGER PRIMARY KEY, filter BLOB, columns BLOB NOT NULL, documents BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS places (run TEXT, thread INTEGER, segment INTEGER, offset INTEGER, PRIMARY KEY (run, thread));
  CREATE TABLE IF NOT EXISTS expired (
    run TEXT, thread INTEGER, through INTEGER, records INTEGER, source_bytes REAL, destination_bytes REAL,
    PRIMARY KEY (run, thread)
  );
`;

/** Rows of the first schema that are moved in one transaction, and the bytes of their documents after which it ends. */
const ROWS_AT_A_TIME = 1000;
const BYTES_AT_A_TIME = 1024 * 1024;

/** Makes the tables where there are none, and moves what a store of the first schema holds. Throws where the file cannot be written. */
export function prepareSchema(database: DatabaseSync, version: number, writer: BlockWriter): void {
  if (version === 0) {
    // They must be set before anything is written. Larger pages make small batches dearer: each writes some pages whole.
    database.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;');
    database.exec('PRAGMA journal_mode = WAL');
  }
  if (version < SCHEMA_VERSION)
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  if (hasOldRecords(database)) moveRecords(database, writer);
}

/** Whether records of the first schema are left, which a conversion that goes on or was cut off has not moved yet. */
export function hasOldRecords(database: DatabaseSync): boolean {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'records'");
  return table.get() !== undefined;
}

interface OldRow {
  rowid: number;
  id: string;
  run: string;
  thread: number;
  sequence: number;
  kind: string;
  timestamp: number;
  source: number;
  destination: number;
  document: string;
}

/**
 * From the first schema, a row for each record and their words in FTS5. A crash half way leaves each record in one of both: what is left is moved by the
 * next start.
 */
function moveRecords(database: DatabaseSync, writer: BlockWriter): void {
  database.exec('BEGIN IMMEDIATE; DROP TABLE IF EXISTS search; COMMIT');
  const read = database.prepare(
    `SELECT rowid, id, run, thread, sequence, kind, timestamp_ms AS timestamp, source_bytes AS source,
            destination_bytes AS destination, document FROM records ORDER BY rowid LIMIT ${ROWS_AT_A_TIME}`,
  );
  const forget = database.prepare('DELETE FROM records WHERE rowid <= ?');
  for (;;) {
    const rows: OldRow[] = [];
    let bytes = 0;
    for (const row of read.iterate() as unknown as Iterable<OldRow>) {
      const [first = row] = rows;
      if (row.run !== first.run || row.thread !== first.thread || bytes > BYTES_AT_A_TIME) break;
      rows.push(row);
      bytes += row.document.length;
    }
    const [first] = rows;
    if (first === undefined) break;
    database.exec('BEGIN IMMEDIATE');
    try {
      insertBlock(database, writer, first, rows.map(asRecord));
      forget.run(rows.at(-1)!.rowid);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
  database.exec('DROP TABLE records; PRAGMA incremental_vacuum');
}

function asRecord({ id, sequence, kind, timestamp, source, destination, document }: OldRow): RecordDocument {
  return {
    bytes: Buffer.from(document),
    id,
    sequence,
    timestampMs: timestamp,
    kind: kind === 'gap' || kind === 'summary' ? kind : 'exchange',
    sourceBytes: source,
    destinationBytes: destination,
  };
}

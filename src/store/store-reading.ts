import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Block } from './block.ts';
import { lastRowOf } from './insert-block.ts';
import { BLOCK_ROW, type BlockRow, readBlock } from './read-block.ts';

/** A block as it is found: which rows and times it has, and its filter where that was asked for. */
export interface FoundBlock extends BlockRow {
  readonly first_ms: number;
  readonly last_ms: number;
  readonly filter?: Uint8Array | null;
}

/** Records from `sinceMs` on and before `untilMs`. */
export interface TimeWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export const ALL_TIMES: TimeWindow = { sinceMs: -Infinity, untilMs: Infinity };

const FOUND = `${BLOCK_ROW}, first_ms, last_ms`;
const WITHIN = 'last_ms >= ? AND first_ms < ?';

/**
 * Looks through a store's blocks in the order of their rows, so that a reader may stop anywhere and go on later: rows are never renumbered, whatever is
 * merged, forgotten or added meanwhile.
 */
export class StoreReading {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The highest number that a record ever had, also if it is forgotten; 0 before the first. */
  get lastRow(): number {
    return lastRowOf(this.#database);
  }

  /** What `read` reads is of one moment. It holds up the store's tidying while it lasts: a few milliseconds are meant. */
  snapshot<T>(read: () => T): T {
    this.#database.exec('BEGIN');
    try {
      return read();
    } finally {
      if (this.#database.isTransaction) this.#database.exec('COMMIT');
    }
  }

  /** Blocks with rows after `row`, the first stored first; within a snapshot. */
  blocksAfter(row: number, window: TimeWindow, hasFilter: boolean): Iterable<FoundBlock> {
    return this.#iterate(
      `SELECT ${columns(hasFilter)} WHERE last_row > ? AND ${WITHIN} ORDER BY last_row`,
      [row],
      window,
    );
  }

  /** Blocks with rows before `row`, the last stored first; within a snapshot. */
  blocksBefore(row: number, window: TimeWindow, hasFilter: boolean): Iterable<FoundBlock> {
    // The one that has the row before it may go on beyond it; where that is forgotten, it has nothing before it.
    const last = this.#prepare('SELECT min(last_row) AS last FROM blocks WHERE last_row >= ?').get(
      Math.min(row - 1, Number.MAX_SAFE_INTEGER),
    );
    const through = (last as { last: number | null }).last ?? Number.MAX_SAFE_INTEGER;
    return this.#iterate(
      `SELECT ${columns(hasFilter)} WHERE last_row <= ? AND last_row - records + 1 < ? AND ${WITHIN} ORDER BY last_row DESC`,
      [through, Math.min(row, Number.MAX_SAFE_INTEGER)],
      window,
    );
  }

  /** Which words a block does not have; within the snapshot that found it. Null where that is not known. */
  filterOf({ last_row: lastRow }: BlockRow): Uint8Array | null {
    const row = this.#prepare('SELECT filter FROM contents WHERE last_row = ?').get(lastRow);
    return (row as { filter: Uint8Array | null }).filter;
  }

  /** Of a block that a snapshot has found, within it. */
  block(found: BlockRow): Block {
    return readBlock(this.#database, found);
  }

  #iterate(text: string, rows: readonly number[], { sinceMs, untilMs }: TimeWindow): Iterable<FoundBlock> {
    return this.#prepare(text).iterate(
      ...rows,
      // SQLite takes no infinity for what it is.
      Math.max(sinceMs, -Number.MAX_VALUE),
      Math.min(untilMs, Number.MAX_VALUE),
    ) as unknown as Iterable<FoundBlock>;
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) this.#statements.set(text, (statement = this.#database.prepare(text)));
    return statement;
  }
}

/** The first row of a block. */
export function firstRowOf({ last_row: lastRow, records }: BlockRow): number {
  return lastRow - records + 1;
}

function columns(hasFilter: boolean): string {
  return hasFilter ? `${FOUND}, filter FROM blocks JOIN contents USING (last_row)` : `${FOUND} FROM blocks`;
}

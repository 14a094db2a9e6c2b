import type { DatabaseSync } from 'node:sqlite';
import { Block } from './block.ts';

/** What is known of a block without reading what is in it. */
export interface BlockRow {
  readonly last_row: number;
  readonly run: string;
  readonly thread: number;
  readonly records: number;
}

/** The columns of BlockRow. */
export const BLOCK_ROW = 'last_row, run, thread, records';

/**
 * A block of the store. What is in it is read when it is asked for: the statement that found it has to be open still, so that nobody merges or forgets it
 * meanwhile.
 */
export function readBlock(database: DatabaseSync, { last_row: lastRow, run, thread }: BlockRow): Block {
  const read = (part: 'columns' | 'documents'): Uint8Array => {
    const row = database.prepare(`SELECT ${part} AS part FROM contents WHERE last_row = ?`).get(lastRow);
    return (row as { part: Uint8Array }).part;
  };
  return new Block({
    run,
    thread,
    lastRow,
    columns: () => read('columns'),
    documents: () => read('documents'),
  });
}

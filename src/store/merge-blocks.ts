import type { DatabaseSync } from 'node:sqlite';
import type { RecordDocument } from '../records/record-document.ts';
import type { BlockWriter } from './block-writer.ts';
import { insertBlock } from './insert-block.ts';
import { BLOCK_ROW, type BlockRow, readBlock } from './read-block.ts';

/** A block of so many records is left as it is. */
const ENOUGH_RECORDS = 32;
/** Small blocks that become one. */
const MERGED = 32;
/** Packed bytes of what is merged, beyond which it is not worth the time that it takes. */
const MAX_BYTES = 256 * 1024;
/** Bytes of documents in a merged block: whoever searches unpacks all of it, and what clients repeat packs to next to nothing. */
const MAX_UNPACKED_BYTES = 2 * 1024 * 1024;
/** Blocks that are looked at in one call. */
const LOOKED_AT = 8 * MERGED;

/**
 * Little traffic makes blocks of a record or two, which compress badly and are slow to search: where enough of them follow each other they become one,
 * within the transaction of the caller. The records keep their rows.
 * @param afterRow blocks up to this one have been looked at
 * @returns the same for the next call
 */
export function mergeBlocks(database: DatabaseSync, writer: BlockWriter, afterRow: number): number {
  const blocks = database
    .prepare(`SELECT ${BLOCK_ROW}, bytes FROM blocks WHERE last_row > ? ORDER BY last_row LIMIT ${LOOKED_AT}`)
    .all(afterRow) as unknown as (BlockRow & { bytes: number })[];
  let looked = afterRow;
  let run: BlockRow[] = [];
  let bytes = 0;
  for (const block of blocks) {
    const last = run.at(-1);
    const isNext =
      last === undefined ||
      (last.run === block.run &&
        last.thread === block.thread &&
        last.last_row === block.last_row - block.records &&
        bytes + block.bytes <= MAX_BYTES);
    if (!isNext || block.records >= ENOUGH_RECORDS) {
      looked = last?.last_row ?? looked;
      run = [];
      bytes = 0;
    }
    if (block.records >= ENOUGH_RECORDS) {
      looked = block.last_row;
      continue;
    }
    run.push(block);
    bytes += block.bytes;
    if (run.length < MERGED) continue;
    merge(database, writer, run);
    looked = block.last_row;
    run = [];
    bytes = 0;
  }
  return looked;
}

/** Makes one block of them, or several where they unpack to too much. */
function merge(database: DatabaseSync, writer: BlockWriter, rows: readonly BlockRow[]): void {
  let group: BlockRow[] = [];
  let records: RecordDocument[] = [];
  let bytes = 0;
  const flush = (): void => {
    const last = group.at(-1);
    if (last !== undefined && group.length > 1) {
      for (const { last_row: row } of group) {
        database.prepare('DELETE FROM blocks WHERE last_row = ?').run(row);
        database.prepare('DELETE FROM contents WHERE last_row = ?').run(row);
      }
      insertBlock(database, writer, last, records, last.last_row);
    }
    [group, records, bytes] = [[], [], 0];
  };
  for (const row of rows) {
    const block = readBlock(database, row);
    if (bytes + block.documentsLength > MAX_UNPACKED_BYTES) flush();
    bytes += block.documentsLength;
    group.push(row);
    if (bytes > MAX_UNPACKED_BYTES) flush();
    else for (let index = 0; index < block.count; index++) records.push(block.record(index));
  }
  flush();
}

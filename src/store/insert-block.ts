import type { DatabaseSync } from 'node:sqlite';
import type { RecordDocument } from '../records/record-document.ts';
import type { BlockWriter } from './block-writer.ts';

/**
 * Writes records of one stream as a block, within the transaction of the caller.
 * @param lastRow the number of its last record; without, the next numbers are taken
 */
export function insertBlock(
  database: DatabaseSync,
  writer: BlockWriter,
  { run, thread }: { readonly run: string; readonly thread: number },
  records: readonly RecordDocument[],
  lastRow = lastRowOf(database) + records.length,
): void {
  const { columns, filter, documents } = writer.pack(records);
  const bounds = boundsOf(records);
  const bytes = columns.length + (filter?.length ?? 0) + documents.length;
  database
    .prepare('INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      lastRow,
      run,
      thread,
      records.length,
      bounds.firstSequence,
      bounds.lastSequence,
      bounds.firstMs,
      bounds.lastMs,
      bounds.sourceBytes,
      bounds.destinationBytes,
      bounds.special,
      bytes,
    );
  database.prepare('INSERT INTO contents VALUES (?, ?, ?, ?)').run(lastRow, filter, columns, documents);
}

/** Whether a block can hold it. What is in its document does not matter; only a script can hand over one whose own values make no sense. */
export function isStorable(record: RecordDocument): boolean {
  const { id, sequence, timestampMs, sourceBytes, destinationBytes } = record;
  return (
    !id.includes('\n') &&
    Number.isSafeInteger(sequence) &&
    Number.isFinite(timestampMs + sourceBytes + destinationBytes)
  );
}

/** The highest number that a record ever had, also if it is forgotten. */
export function lastRowOf(database: DatabaseSync): number {
  const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'blocks'").get();
  return (row as { seq: number } | undefined)?.seq ?? 0;
}

/** Numbers of records; synthetic ones have none (0). */
export function sequenceBounds(records: readonly RecordDocument[]): { first: number; last: number } {
  let [first, last] = [Infinity, 0];
  for (const { sequence } of records) {
    if (sequence > 0 && sequence < first) first = sequence;
    if (sequence > last) last = sequence;
  }
  return { first: Math.min(first, last), last };
}

function boundsOf(records: readonly RecordDocument[]): {
  firstSequence: number;
  lastSequence: number;
  firstMs: number;
  lastMs: number;
  sourceBytes: number;
  destinationBytes: number;
  special: number;
} {
  const { first, last } = sequenceBounds(records);
  const bounds = {
    firstSequence: first,
    lastSequence: last,
    firstMs: Infinity,
    lastMs: -Infinity,
    sourceBytes: 0,
    destinationBytes: 0,
    special: 0,
  };
  for (const { timestampMs, sourceBytes, destinationBytes, kind } of records) {
    bounds.firstMs = Math.min(bounds.firstMs, timestampMs);
    bounds.lastMs = Math.max(bounds.lastMs, timestampMs);
    bounds.sourceBytes += sourceBytes;
    bounds.destinationBytes += destinationBytes;
    if (kind !== 'exchange') bounds.special++;
  }
  return bounds;
}

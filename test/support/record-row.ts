import type { RecordRow } from '../../src/admin/api/records/record-row.ts';

/** A row of a list as the page gets it; all rows differ in their numbers. */
export function recordRow(row: number, more: Partial<RecordRow> = {}): RecordRow {
  return {
    row,
    id: `id-${row}`,
    run: 'run',
    thread: 0,
    sequence: row,
    timestampMs: row,
    kind: 'exchange',
    method: 'GET',
    host: 'h',
    path: '/',
    status: 200,
    durationNs: 1,
    mimeType: null,
    outcome: 'success',
    errorType: null,
    client: null,
    trace: null,
    connection: 1,
    sourceBytes: 1,
    destinationBytes: 1,
    marks: [],
    ...more,
  };
}

import type { Block, Column } from '../../store/block.ts';
import type { RecordRow } from '../api/records/record-row.ts';

/** Code units of a text that a row shows. */
const MAX_TEXT_LENGTH = 1024;

/** A record as a row of a list. Only of gaps and summaries, which are few, the document is read. */
export function recordRowOf(block: Block, index: number): RecordRow {
  let isCut = false;
  const text = (column: Column): string | null => {
    const value = block.value(index, column);
    if (value === null) return null;
    const whole = String(value);
    if (whole.length <= MAX_TEXT_LENGTH) return whole;
    isCut = true;
    return whole.slice(0, MAX_TEXT_LENGTH);
  };
  const number = (column: Column): number | null => {
    const value = block.value(index, column);
    return typeof value === 'number' ? value : null;
  };
  const kind = text('kind') ?? 'exchange';
  const row: RecordRow = {
    row: block.row(index),
    id: String(block.value(index, 'id')),
    run: String(block.value(index, 'run')),
    thread: Number(block.value(index, 'thread')),
    sequence: number('sequence') ?? 0,
    timestampMs: number('timestampMs') ?? 0,
    kind,
    method: text('method'),
    host: text('host'),
    path: text('path'),
    status: number('status'),
    durationNs: number('durationNs'),
    mimeType: text('mimeType'),
    outcome: text('outcome'),
    errorType: text('errorType'),
    client: text('client'),
    trace: text('trace'),
    connection: number('connection'),
    sourceBytes: number('sourceBytes') ?? 0,
    destinationBytes: number('destinationBytes') ?? 0,
    marks: marksOf(text('marks')),
  };
  return {
    ...row,
    ...(isCut ? { isCut } : {}),
    ...(kind === 'gap' ? { gap: gapOf(block, index) } : {}),
    ...(kind === 'summary' ? { summary: summaryOf(block, index) } : {}),
  };
}

/** What a gap says is missing. */
export function gapOf(block: Block, index: number): NonNullable<RecordRow['gap']> {
  const { count, from, to, reason } = block.document(index).tapline?.gap ?? {};
  return { count: countOf(count), from: countOf(from), to: countOf(to), reason: shortText(reason) };
}

function summaryOf(block: Block, index: number): NonNullable<RecordRow['summary']> {
  const { summary, rule } = block.document(index).tapline ?? {};
  return { count: countOf(summary?.count), rule: shortText(rule) };
}

function marksOf(text: string | null): readonly string[] {
  return text === null || text === '' ? [] : text.split(' ');
}

/** A script may have made it of anything. */
function countOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

function shortText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_LENGTH) : '';
}

import type { RecordRow } from '../../api/records/record-row.ts';
import { type Mark, MARKS } from '../../../records/record-marks.ts';
import { formatCount } from '../parts/format.ts';
import type { SkippedRows } from './row-list.ts';

/** What a status means, and a shape for it, so that colour is not all there is. */
export type StatusLevel = 'success' | 'redirect' | 'client-error' | 'server-error' | 'none';

export const STATUS_SHAPES: Readonly<Record<StatusLevel, string>> = {
  success: '●',
  redirect: '➜',
  'client-error': '▲',
  'server-error': '✖',
  none: '○',
};

export function statusLevel({ status, errorType }: Pick<RecordRow, 'status' | 'errorType'>): StatusLevel {
  if (status === null) return errorType === null ? 'none' : 'server-error';
  if (status >= 500) return 'server-error';
  if (status >= 400) return 'client-error';
  return status >= 300 ? 'redirect' : 'success';
}

/** Records that stand for others are lines across the list; null for those that do not. */
export function noticeText({ gap, summary, kind }: RecordRow): string | null {
  if (gap !== undefined)
    return `${records(gap.count)} missing here: ${gap.reason}${gap.to > gap.from ? ` (numbers ${formatCount(gap.from)} to ${formatCount(gap.to)})` : ''}`;
  if (summary !== undefined)
    return `${summary.count === 1 ? '1 exchange was' : `${formatCount(summary.count)} exchanges were`} left without a record by a capture rule: ${summary.rule}`;
  if (kind === 'gap') return 'Records are missing here';
  if (kind === 'summary') return 'Exchanges were left without records by a capture rule';
  return null;
}

/** What a line says that stands for records which are not in the list. */
export function skippedText({ count, reason }: SkippedRows): string {
  return reason === 'sampled'
    ? `${formatCount(count)} more came here than are drawn`
    : `${formatCount(count)} are not loaded here`;
}

/** A media type as people say it: `json`, `html`, `png`; others whole. */
export function shortType(type: string | null): string {
  return type === null
    ? ''
    : type.replace(/^(?:application|text|image|font|audio|video)\/(?:x-)?(?=[\w.+-]+$)/, '');
}

/** Short words about a record, the worst first: what it is if it is no exchange, what went wrong, what was done to it. */
export function tagsOf({ kind, errorType, marks }: RecordRow): readonly Tag[] {
  return [
    ...(kind === 'exchange' ? [] : [{ text: kind, level: 'kind' } as const]),
    ...(errorType === null ? [] : [{ text: errorType, level: 'error' } as const]),
    ...marks.map((text) => ({ text, level: 'mark', meaning: MARKS[text as Mark] }) as const),
  ];
}

export interface Tag {
  readonly text: string;
  readonly level: 'kind' | 'error' | 'mark';
  /** What the word means, where it is one of a few. */
  readonly meaning?: string;
}

function records(count: number): string {
  return count === 1 ? '1 record is' : `${formatCount(count)} records are`;
}

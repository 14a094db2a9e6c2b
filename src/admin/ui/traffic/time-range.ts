import { durationMs } from '../../../core/quantity.ts';

/** From when to when, as the address has it: a time (ISO 8601), or how long ago (`-15m`); empty: no bound. */
export interface TimeRange {
  readonly since: string;
  readonly until: string;
}

export const ALL_TIMES: TimeRange = { since: '', until: '' };

/** What the buttons offer. */
export const OFFERED_RANGES: readonly { readonly title: string; readonly range: TimeRange }[] = [
  { title: '5 min', range: { since: '-5m', until: '' } },
  { title: '15 min', range: { since: '-15m', until: '' } },
  { title: '1 h', range: { since: '-1h', until: '' } },
  { title: '24 h', range: { since: '-24h', until: '' } },
  { title: 'All', range: ALL_TIMES },
];

/** A bound in milliseconds since the epoch; null where there is none, or it is no time. */
export function boundMs(bound: string, nowMs: number): number | null {
  if (bound.startsWith('-')) {
    const ago = durationMs(bound.slice(1));
    return ago === null ? null : nowMs - ago;
  }
  const at = Date.parse(bound);
  return Number.isNaN(at) ? null : at;
}

/** Whether it can be read; what stands in an address may be anything. */
export function isTimeRange({ since, until }: TimeRange): boolean {
  return [since, until].every((bound) => bound === '' || boundMs(bound, 0) !== null);
}

/** The range between two times, however it was drawn: at least one millisecond. */
export function rangeBetween(oneMs: number, otherMs: number): TimeRange {
  const from = Math.floor(Math.min(oneMs, otherMs));
  const to = Math.max(from + 1, Math.ceil(Math.max(oneMs, otherMs)));
  return { since: new Date(from).toISOString(), until: new Date(to).toISOString() };
}

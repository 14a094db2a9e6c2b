import { queryFault, type QueryFault } from './query-check.ts';
import { ALL_TIMES, boundMs, isTimeRange, type TimeRange } from './time-range.ts';

/** Which records are shown, as the address says. */
export interface RecordFilter extends TimeRange {
  readonly query: string;
}

/** Reads it from the parameters of the route; times that are none are left out. */
export function filterOf(parameters: URLSearchParams): RecordFilter {
  const range = { since: parameters.get('since') ?? '', until: parameters.get('until') ?? '' };
  return { query: parameters.get('query') ?? '', ...(isTimeRange(range) ? range : ALL_TIMES) };
}

/** What is wrong with it; null where it can be asked for. */
export function filterFault({ query }: RecordFilter): QueryFault | null {
  return queryFault(query);
}

/** Whether records that come now are among them. */
export function isLive({ until }: RecordFilter, nowMs: number): boolean {
  const untilMs = boundMs(until, nowMs);
  return untilMs === null || untilMs > nowMs;
}

/** The parameters that the gateway takes for it. */
export function filterParameters({ query, since, until }: RecordFilter, nowMs: number): URLSearchParams {
  const parameters = new URLSearchParams();
  if (query.trim() !== '') parameters.set('query', query.trim());
  for (const [name, bound] of [
    ['since', since],
    ['until', until],
  ] as const) {
    const ms = boundMs(bound, nowMs);
    if (ms !== null) parameters.set(name, new Date(ms).toISOString());
  }
  return parameters;
}

import type { RecordSummary } from '../../api/records/record-summary.ts';
import { MARKS } from '../../../records/record-marks.ts';
import { formatCount } from '../parts/format.ts';
import type { KnownValues } from './query-completion.ts';

const KINDS: Readonly<Record<string, string>> = {
  exchange: 'a request and its answer',
  refusal: 'a request that was refused',
  tunnel: 'an upgraded connection, or CONNECT',
  broken: 'bytes that were no request',
  gap: 'records that are missing',
  summary: 'exchanges that a rule left without records',
};
const OUTCOMES: Readonly<Record<string, string>> = { success: '', failure: '', unknown: '' };

/** What completion offers as values: what the store has just counted, and what there can be at all. */
export function knownValues(summary: RecordSummary | null): KnownValues {
  const counted = (name: keyof RecordSummary['facets']): KnownValues[string] =>
    (summary?.facets[name] ?? []).map(({ value, count }) => ({ value, meaning: formatCount(count) }));
  return {
    method: counted('method'),
    host: counted('host'),
    path: counted('path'),
    status: [
      ...(summary?.facets.status ?? [])
        .filter(({ value }) => /^\dxx$/.test(value))
        .map(({ value, count }) => ({
          value: `${value[0]}00`,
          meaning: `${formatCount(count)} in ${value}`,
        })),
    ],
    kind: Object.entries(KINDS).map(([value, meaning]) => ({ value, meaning })),
    mark: Object.entries(MARKS).map(([value, meaning]) => ({ value, meaning })),
    outcome: Object.entries(OUTCOMES).map(([value, meaning]) => ({ value, meaning })),
  };
}

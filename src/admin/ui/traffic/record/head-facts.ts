import type { RecordRow } from '../../../api/records/record-row.ts';
import { formatCount } from '../../parts/format.ts';
import type { ShownRecord } from './shown-record.ts';

/** What the head of a view says of a record, as soon as anything is known of it. */
export interface HeadFacts {
  readonly title: { readonly method: string | null; readonly text: string };
  readonly status: number | null;
  readonly durationNs: number | null;
  readonly timestampMs: number | null;
  readonly kind: string;
}

const NOTHING: HeadFacts = {
  title: { method: null, text: 'Record' },
  status: null,
  durationNs: null,
  timestampMs: null,
  kind: 'exchange',
};

/** From the document, or from the line of the list while that is on its way. */
export function headFacts(record: ShownRecord | null, row: RecordRow | null): HeadFacts {
  if (record !== null) {
    const { status, durationNs, kind } = record;
    return {
      title: { method: record.method, text: titleOf(record) },
      status,
      durationNs,
      timestampMs: record.timestampMs ?? record.startMs,
      kind,
    };
  }
  if (row === null) return NOTHING;
  const { method, status, durationNs, timestampMs, kind } = row;
  return {
    title: { method, text: method === null ? titleOfKind(kind, null) : `${row.host ?? ''}${row.path ?? ''}` },
    status,
    durationNs,
    timestampMs,
    kind,
  };
}

function titleOf({ url, kind, gap, summary }: ShownRecord): string {
  return url.full ?? url.original ?? titleOfKind(kind, gap?.count ?? summary?.count ?? null);
}

function titleOfKind(kind: string, count: number | null): string {
  const number = count === null ? '' : `${formatCount(count)} `;
  const one = count === 1;
  switch (kind) {
    case 'gap':
      return `${number === '' ? 'Missing' : `${number}missing`} record${one ? '' : 's'}`;
    case 'summary':
      return `${number === '' ? 'E' : `${number}e`}xchange${one ? '' : 's'} without ${one ? 'a record' : 'records'}`;
    case 'refusal':
      return 'A refused request';
    case 'broken':
      return 'Bytes without a request';
    default:
      return 'Record';
  }
}

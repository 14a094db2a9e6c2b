import type { JSX } from 'preact';
import type { RecordRow } from '../../../api/records/record-row.ts';
import { Loading } from '../../parts/states.tsx';

/** A record beside the list. */
export function RecordView(_: { id: string; row: RecordRow | null; onClose: () => void }): JSX.Element {
  return <Loading what="record" />;
}

import { useRef } from 'preact/hooks';
import type { RecordRow } from '../../api/records/record-row.ts';
import type { LiveRecords } from './live-records.ts';
import { isSkipped } from './row-list.ts';

/** The line of a record, by the record's id: null until the list has it, and kept when the list lets it go. */
export function useLoadedRow(records: LiveRecords, id: string | null): RecordRow | null {
  const kept = useRef<RecordRow | null>(null);
  if (id === null) return null;
  if (kept.current?.id === id) return kept.current;
  // Looked for again with each change of the list, but only until it is found.
  void records.version.value;
  const found = records.list.at(records.list.indexOfId(id));
  kept.current = found === undefined || isSkipped(found) ? null : found;
  return kept.current;
}

import type { JSX } from 'preact';
import { formatCount } from '../parts/format.ts';
import type { LiveRecords } from './live-records.ts';

/** How many have come while the list is held; a click shows them. */
export function NewRecords({
  records,
  onShow,
}: {
  records: LiveRecords;
  onShow: () => void;
}): JSX.Element | null {
  void records.version.value;
  const count = records.list.waitingCount;
  if (count === 0) return null;
  return (
    <button type="button" class="traffic-new" onClick={onShow}>
      {formatCount(count)} new: show (f)
    </button>
  );
}

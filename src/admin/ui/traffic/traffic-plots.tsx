import type { JSX } from 'preact';
import type { RecordSummary } from '../../api/records/record-summary.ts';
import type { TimeRange } from './time-range.ts';
export function TrafficPlots(_: {
  summary: RecordSummary | null;
  width: number;
  onRange: (range: TimeRange) => void;
}): JSX.Element {
  return <div />;
}

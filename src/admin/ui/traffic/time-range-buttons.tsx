import type { JSX } from 'preact';
import { formatDateTime } from '../parts/format.ts';
import { boundMs, OFFERED_RANGES, type TimeRange } from './time-range.ts';

/** The time from which records are shown; a range that was drawn in the plot is named, and can be left. */
export function TimeRangeButtons({
  range,
  onRange,
}: {
  range: TimeRange;
  onRange: (range: TimeRange) => void;
}): JSX.Element {
  const isOffered = OFFERED_RANGES.some((offered) => isSame(offered.range, range));
  return (
    <div class="ranges" role="group" aria-label="Time range">
      {!isOffered && (
        <button
          type="button"
          class="button ranges-drawn"
          aria-pressed="true"
          title="Back to all times"
          onClick={() => onRange({ since: '', until: '' })}
        >
          {nameOf(range)} ×
        </button>
      )}
      {OFFERED_RANGES.map((offered) => (
        <button
          key={offered.title}
          type="button"
          class="button"
          aria-pressed={isSame(offered.range, range)}
          onClick={() => onRange(offered.range)}
        >
          {offered.title}
        </button>
      ))}
    </div>
  );
}

function isSame(one: TimeRange, other: TimeRange): boolean {
  return one.since === other.since && one.until === other.until;
}

function nameOf({ since, until }: TimeRange): string {
  const nowMs = Date.now();
  const today = formatDateTime(nowMs).slice(0, 10);
  const shown = (bound: string): string => {
    const ms = boundMs(bound, nowMs);
    if (ms === null) return '…';
    const at = formatDateTime(ms);
    return at.startsWith(today) ? at.slice(11, 19) : at.slice(5, 19);
  };
  return `${shown(since)} – ${shown(until)}`;
}

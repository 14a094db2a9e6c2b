import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RecordSummary } from '../../api/records/record-summary.ts';
import { formatCount, formatDateTime } from '../parts/format.ts';
import type { LiveRecords } from './live-records.ts';
import { navigate } from './navigate.ts';
import { filterParameters } from './record-filter.ts';

const MAX_EXPORTED = 10_000;

/** Under the list: whether it follows, how much there is, and a way to take it along. */
export function TrafficStatus({
  records,
  summary,
  isFollowing,
  isPaused,
  comparedId,
  onPause,
  onFollow,
}: {
  records: LiveRecords;
  summary: RecordSummary | null;
  isFollowing: boolean;
  isPaused: boolean;
  comparedId: string | null;
  onPause: () => void;
  onFollow: () => void;
}): JSX.Element {
  const [perSecond, setPerSecond] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setPerSecond(records.rate.perSecond(Date.now())), 1000);
    return () => clearInterval(timer);
  }, [records]);
  void records.version.value;
  const parameters = filterParameters(records.filter, Date.now());
  parameters.set('limit', String(MAX_EXPORTED));
  return (
    <footer class="traffic-status">
      <button
        type="button"
        class="button"
        aria-pressed={isPaused}
        title="Pause or go on (p)"
        onClick={onPause}
      >
        {isPaused ? '▶ Go on' : '❚❚ Pause'}
      </button>
      {isFollowing ? (
        <span class="traffic-following">
          <span aria-hidden="true">●</span> following
        </span>
      ) : (
        <button type="button" class="button" title="Show what is new and follow (f)" onClick={onFollow}>
          Follow
        </button>
      )}
      {comparedId !== null && (
        <span class="traffic-compared">
          One is marked: open another to compare{' '}
          <button type="button" class="button button-plain" onClick={() => navigate({ compare: '' })}>
            unmark
          </button>
        </span>
      )}
      <span class="traffic-counts">
        {summary !== null && (
          <span>
            <b>{formatCount(summary.matching)}</b> match
            {!summary.isComplete && summary.oldestMs !== null
              ? ` since ${formatDateTime(summary.oldestMs).slice(5, 16)}, and more before`
              : ''}
          </span>
        )}
        <span>
          <b>{formatCount(records.list.length)}</b> in the list
        </span>
        <span>
          <b>{perSecond < 10 ? Number(perSecond.toFixed(1)) : formatCount(perSecond)}</b>/s
        </span>
        {records.list.isSampled && (
          <span
            class="traffic-sampled"
            title="More arrives than can be read. The list draws some of it; all of it is stored."
          >
            list is sampled, the store is not
          </span>
        )}
      </span>
      <a
        class="button traffic-export"
        href={`/api/records?${parameters}`}
        download="records.ndjson"
        title={`What matches, at most the newest ${formatCount(MAX_EXPORTED)}, as lines of JSON`}
      >
        Export
      </a>
    </footer>
  );
}

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { info } from '../api/info.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import { Split } from '../parts/split.tsx';
import { Facets } from './facets.tsx';
import { knownValues } from './known-values.ts';
import { LiveRecords } from './live-records.ts';
import { navigate, trafficPlace } from './navigate.ts';
import { NewRecords } from './new-records.tsx';
import { QueryField } from './query-field.tsx';
import { CompareView } from './record/compare-view.tsx';
import { RecordView } from './record/record-view.tsx';
import { filterFault } from './record-filter.ts';
import { RecordList } from './record-list.tsx';
import { SummaryPoll } from './summary-poll.ts';
import { trafficShortcuts } from './traffic-shortcuts.ts';
import { TrafficPlots } from './traffic-plots.tsx';
import { TrafficState } from './traffic-state.tsx';
import { TrafficStatus } from './traffic-status.tsx';
import { TimeRangeButtons } from './time-range-buttons.tsx';
import { useLoadedRow } from './use-loaded-row.ts';
import { useReading } from './use-reading.ts';
import { useWidth } from '../parts/use-width.ts';
import '../style/traffic.css';

/** Below this width facets are a drawer, and a record lies over the list. */
const WIDE = 900;

/** The tab Traffic: what passes through, as it happens. */
export function TrafficView(): JSX.Element {
  const { filter, isPaused, openedId, comparedId, isComparing } = trafficPlace();
  const { query, since, until } = filter;
  const fault = filterFault(filter);
  const { records, poll } = useMemo(() => {
    const filter = { query, since, until };
    return { records: new LiveRecords(filter), poll: new SummaryPoll(filter) };
  }, [query, since, until]);
  const reading = useReading(records);
  const queryInput = useRef<HTMLInputElement>(null);
  const detailSection = useRef<HTMLElement>(null);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [element, width] = useWidth<HTMLDivElement>();
  const isWide = width >= WIDE;

  useEffect(() => {
    if (fault !== null) return;
    records.start();
    poll.start();
    return () => {
      records.stop();
      poll.stop();
    };
  }, [records, poll, fault === null]);
  const epoch = connection.epoch.value;
  useEffect(() => {
    if (epoch === 0 || fault !== null) return;
    void records.refresh();
    poll.refresh();
  }, [epoch]);
  useEffect(() => poll.pause(isPaused), [poll, isPaused]);
  const openedRow = useLoadedRow(records, openedId);

  const focusQuery = (): void => {
    queryInput.current!.focus();
    queryInput.current!.select();
  };
  const focusDetail = (): void => detailSection.current?.focus();
  const isOver = openedId !== null && !isWide;
  useEffect(() => {
    // What is under it can be reached by nobody.
    if (isOver) focusDetail();
  }, [isOver]);
  const closeDrawer = (): boolean => {
    setDrawerOpen(false);
    return isDrawerOpen;
  };
  useShortcuts(trafficShortcuts(reading, focusQuery, closeDrawer, focusDetail));

  const summary = poll.summary.value;
  const hasStore = info.value?.hasStore !== false;
  const facets = hasStore && (
    <Facets
      summary={summary}
      query={query}
      onQuery={(next) => {
        setDrawerOpen(false);
        navigate({ query: next });
      }}
    />
  );
  const detail =
    openedId === null ? null : (
      <section
        ref={detailSection}
        class="traffic-detail"
        tabIndex={-1}
        aria-label={isComparing ? 'Two records' : 'Record'}
      >
        {!isWide && (
          <button type="button" class="button traffic-back" onClick={reading.close}>
            ← Back to the list
          </button>
        )}
        {isComparing && comparedId !== null ? (
          <CompareView left={comparedId} right={openedId} onClose={() => navigate({ compare: '' })} />
        ) : (
          <RecordView id={openedId} row={openedRow} onClose={reading.close} />
        )}
      </section>
    );
  const main = (
    <div class="traffic-main">
      <TrafficState records={records} fault={fault} filter={filter} onFocusQuery={focusQuery}>
        {reading.isHeld && <NewRecords records={records} onShow={reading.follow} />}
        <RecordList
          key={`${query} ${since} ${until}`}
          records={records}
          selectedRow={reading.selectedRow ?? openedRow?.row ?? null}
          comparedId={comparedId}
          revealCount={reading.revealCount}
          topCount={reading.topCount}
          onScrolledDown={reading.onScrolledDown}
          onOpen={reading.open}
        />
      </TrafficState>
      {fault === null && hasStore && (
        <TrafficStatus
          records={records}
          summary={summary}
          isFollowing={!reading.isHeld}
          isPaused={isPaused}
          comparedId={isComparing ? null : comparedId}
          onPause={reading.pause}
          onFollow={reading.follow}
        />
      )}
    </div>
  );
  const beside =
    detail !== null && isWide ? (
      <Split direction="columns" name="record" sized="second" size={Math.round(width * 0.45)} minSize={320}>
        {[main, detail]}
      </Split>
    ) : (
      main
    );
  return (
    <div
      class="traffic"
      ref={element}
      data-width={isWide ? 'wide' : 'narrow'}
      data-reading={isOver ? 'over' : 'beside'}
    >
      <h1 class="only-for-readers">Traffic</h1>
      <div class="traffic-bar">
        <QueryField
          query={query}
          known={knownValues(summary)}
          input={queryInput}
          onQuery={(next) => navigate({ query: next })}
        />
        <TimeRangeButtons range={{ since, until }} onRange={(range) => navigate({ ...range })} />
        {!isWide && (
          <button
            type="button"
            class="button"
            aria-expanded={isDrawerOpen}
            onClick={() => setDrawerOpen(!isDrawerOpen)}
          >
            Filters
          </button>
        )}
      </div>
      {fault === null && hasStore && (
        <TrafficPlots summary={summary} width={width} onRange={(range) => navigate({ ...range })} />
      )}
      <div class="traffic-body">
        {isWide ? (
          <Split direction="columns" name="facets" sized="first" size={210}>
            {[
              <aside class="traffic-facets" aria-label="Filters">
                {facets}
              </aside>,
              beside,
            ]}
          </Split>
        ) : (
          <>
            {isDrawerOpen && (
              <aside class="traffic-facets traffic-drawer" aria-label="Filters">
                {facets}
              </aside>
            )}
            <div class="traffic-under" inert={detail !== null}>
              {main}
            </div>
            {detail !== null && <div class="traffic-over">{detail}</div>}
          </>
        )}
      </div>
    </div>
  );
}

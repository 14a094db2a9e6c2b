import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { route } from '../location.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import { Split } from '../parts/split.tsx';
import { Facets } from './facets.tsx';
import { knownValues } from './known-values.ts';
import { LiveRecords } from './live-records.ts';
import { navigate } from './navigate.ts';
import { NewRecords } from './new-records.tsx';
import { QueryField } from './query-field.tsx';
import { CompareView } from './record/compare-view.tsx';
import { RecordView } from './record/record-view.tsx';
import { filterFault, filterOf } from './record-filter.ts';
import { RecordList } from './record-list.tsx';
import { isSkipped } from './row-list.ts';
import { SummaryPoll } from './summary-poll.ts';
import { TrafficPlots } from './traffic-plots.tsx';
import { TrafficState } from './traffic-state.tsx';
import { TrafficStatus } from './traffic-status.tsx';
import { TimeRangeButtons } from './time-range-buttons.tsx';
import { useLoadedRow } from './use-loaded-row.ts';
import { useWidth } from './use-width.ts';
import '../style/traffic.css';

/** Below this width facets are a drawer, and a record lies over the list. */
const WIDE = 900;

/** The tab Traffic: what passes through, as it happens. */
export function TrafficView(): JSX.Element {
  const { parameters } = route.value;
  const { query, since, until } = filterOf(parameters);
  const isPaused = parameters.get('paused') === '1';
  const openedId = parameters.get('record');
  const comparedId = parameters.get('compare');
  const fault = filterFault({ query, since, until });
  const { records, poll } = useMemo(() => {
    const filter = { query, since, until };
    return { records: new LiveRecords(filter), poll: new SummaryPoll(filter) };
  }, [query, since, until]);
  const [selectedRow, showSelected] = useState<number | null>(null);
  /** What is selected now: keys come quicker than the page is drawn. */
  const selection = useRef<number | null>(null);
  const setSelectedRow = (row: number | null): void => {
    selection.current = row;
    showSelected(row);
  };
  /** Somebody moves through the list, or reads a record: nothing moves. */
  const [isReading, setReading] = useState(openedId !== null);
  const [isScrolledDown, setScrolledDown] = useState(false);
  const [counts, setCounts] = useState({ focus: 0, reveal: 0, top: 0 });
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
    void poll.ask();
  }, [epoch]);
  const isHeld = isPaused || isReading || isScrolledDown;
  useEffect(() => {
    records.list.hold(isHeld);
    records.changed();
    poll.pause(isPaused);
  }, [records, poll, isHeld, isPaused]);

  const isComparing = openedId !== null && comparedId !== null && comparedId !== openedId;
  const { list } = records;
  const openedRow = useLoadedRow(records, openedId);

  const open = (id: string, isReplacing = false): void => {
    setReading(true);
    navigate({ record: id }, { isReplacing });
  };
  const close = (): void => {
    setReading(false);
    setSelectedRow(null);
    navigate({ record: '' });
  };
  const follow = (): void => {
    records.list.showWaiting();
    setReading(false);
    setScrolledDown(false);
    setCounts((last) => ({ ...last, top: last.top + 1 }));
    records.changed();
    if (isPaused) navigate({ paused: '' }, { isReplacing: true });
  };
  const pause = (): void => {
    if (isPaused) navigate({ paused: '' }, { isReplacing: true });
    else navigate({ paused: '1' }, { isReplacing: true });
  };
  const focusQuery = (): void => setCounts((last) => ({ ...last, focus: last.focus + 1 }));
  const setQuery = (next: string): void => {
    setSelectedRow(null);
    navigate({ query: next });
  };
  const move = (by: number): void => {
    const from = selection.current === null ? -1 : list.indexOf(selection.current);
    let at = from < 0 ? (by > 0 ? 0 : list.length - 1) : from + by;
    at = Math.max(0, Math.min(list.length - 1, at));
    const step = Math.sign(by);
    while (at >= 0 && at < list.length && isSkipped(list.at(at)!)) at += step;
    const entry = list.at(at);
    if (entry === undefined || isSkipped(entry)) return;
    setReading(true);
    setSelectedRow(entry.row);
    setCounts((last) => ({ ...last, reveal: last.reveal + 1 }));
    if (openedId !== null) open(entry.id, true);
  };
  const selected = (): ReturnType<typeof list.at> =>
    selection.current === null ? undefined : list.at(list.indexOf(selection.current));
  const isForList = ({ target }: KeyboardEvent): boolean =>
    target === document.body || (target instanceof Element && target.closest('.records-list') !== null);
  const isForSelected = (event: KeyboardEvent): boolean =>
    isForList(event) && !(event.target instanceof HTMLButtonElement) && selected() !== undefined;

  useShortcuts([
    { keys: ['/'], meaning: 'Type a query', run: focusQuery },
    { keys: ['j'], meaning: 'The record below', run: () => move(1) },
    { keys: ['k'], meaning: 'The record above', run: () => move(-1) },
    { keys: ['ArrowDown'], meaning: 'The record below, in the list', run: () => move(1), when: isForList },
    { keys: ['ArrowUp'], meaning: 'The record above, in the list', run: () => move(-1), when: isForList },
    { keys: ['PageDown'], meaning: 'A page of records down', run: () => move(20), when: isForList },
    { keys: ['PageUp'], meaning: 'A page of records up', run: () => move(-20), when: isForList },
    { keys: ['Home'], meaning: 'The newest record', run: () => move(-Infinity), when: isForList },
    {
      keys: ['Enter', ' '],
      meaning: 'Open the record',
      when: isForSelected,
      run: () => {
        const entry = selected()!;
        if (!isSkipped(entry)) open(entry.id);
      },
    },
    {
      keys: ['Escape'],
      meaning: 'Close what is open, the last first, then follow again',
      run: () => {
        if (isDrawerOpen) setDrawerOpen(false);
        else if (comparedId !== null && (isComparing || openedId === null)) navigate({ compare: '' });
        else close();
      },
    },
    { keys: ['f'], meaning: 'Show what is new and follow', run: follow },
    { keys: ['p'], meaning: 'Pause, or go on', run: pause },
    {
      keys: ['c'],
      meaning: 'Mark the record for comparing, or compare with the marked one',
      run: () => {
        const entry = selected();
        const id = entry !== undefined && !isSkipped(entry) ? entry.id : openedId;
        if (id === null) return;
        if (comparedId === id) navigate({ compare: '' });
        else if (comparedId === null) navigate({ compare: id });
        else open(id);
      },
    },
  ]);

  const summary = poll.summary.value;
  const facets = (
    <Facets
      summary={summary}
      query={query}
      onQuery={(next) => {
        setDrawerOpen(false);
        setQuery(next);
      }}
    />
  );
  const detail =
    openedId === null ? null : (
      <section class="traffic-detail" aria-label={isComparing ? 'Two records' : 'Record'}>
        {!isWide && (
          <button type="button" class="button traffic-back" onClick={close}>
            ← Back to the list
          </button>
        )}
        {isComparing ? (
          <CompareView left={comparedId} right={openedId} onClose={() => navigate({ compare: '' })} />
        ) : (
          <RecordView id={openedId} row={openedRow} onClose={close} />
        )}
      </section>
    );
  const main = (
    <div class="traffic-main">
      <TrafficState
        records={records}
        fault={fault}
        filter={{ query, since, until }}
        onFocusQuery={focusQuery}
      >
        {isHeld && <NewRecords records={records} onShow={follow} />}
        <RecordList
          key={`${query} ${since} ${until}`}
          records={records}
          selectedRow={selectedRow ?? openedRow?.row ?? null}
          comparedId={comparedId}
          revealCount={counts.reveal}
          topCount={counts.top}
          onScrolledDown={setScrolledDown}
          onOpen={(row) => {
            setSelectedRow(row.row);
            open(row.id, openedId !== null);
          }}
        />
      </TrafficState>
      <TrafficStatus
        records={records}
        summary={summary}
        isFollowing={!isHeld}
        isPaused={isPaused}
        comparedId={isComparing ? null : comparedId}
        onPause={pause}
        onFollow={follow}
      />
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
    <div class="traffic" ref={element} data-width={isWide ? 'wide' : 'narrow'}>
      <div class="traffic-bar">
        <QueryField query={query} known={knownValues(summary)} focusCount={counts.focus} onQuery={setQuery} />
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
      {fault === null && (
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
            {main}
            {detail !== null && <div class="traffic-over">{detail}</div>}
          </>
        )}
      </div>
    </div>
  );
}

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { RecordRow } from '../../api/records/record-row.ts';
import { formatCount } from '../parts/format.ts';
import type { LiveRecords } from './live-records.ts';
import { lineId, RecordLine } from './record-line.tsx';
import { isSkipped } from './row-list.ts';
import { SkippedLine } from './skipped-line.tsx';

/** Below this width a record has two lines. */
const NARROW_WIDTH = 560;
const LINE_HEIGHT = 26;
const TWO_LINES_HEIGHT = 46;
const HEADER_HEIGHT = 26;
/** Lines that are drawn beyond what is seen, so that a quick scroll finds them there. */
const OVERSCAN = 8;
/** Older records are asked for when so few lines are left below. */
const LOAD_AHEAD = 60;

/** By the class of their cells. */
const HEADINGS: Readonly<Record<string, string>> = {
  time: 'Time',
  method: 'Method',
  status: 'Status',
  host: 'Host',
  path: 'Path',
  type: 'Type',
  sizes: 'Sizes',
  duration: 'Duration',
  tags: 'Marks',
};

/** What of the list is seen. */
interface Sight {
  readonly top: number;
  readonly height: number;
  readonly isNarrow: boolean;
}

export interface RecordListProps {
  readonly records: LiveRecords;
  readonly selectedRow: number | null;
  readonly comparedId: string | null;
  /** Rises when the selected line should be brought into sight, and when the list should go to its top. */
  readonly revealCount: number;
  readonly topCount: number;
  readonly onOpen: (row: RecordRow) => void;
  readonly onScrolledDown: (isScrolledDown: boolean) => void;
}

/** The records, newest first, of which only what is seen is in the document. */
export function RecordList({
  records,
  selectedRow,
  comparedId,
  revealCount,
  topCount,
  onOpen,
  onScrolledDown,
}: RecordListProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  // Not a state: a list that moves under who reads it is scrolled and drawn at once.
  const sight = useRef<Sight>({ top: 0, height: 600, isNarrow: false });
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  /** The line at the top edge, and where it was: when lines come or go above it, the list is scrolled by as much. */
  const anchor = useRef<{ row: number; index: number } | null>(null);
  const { list } = records;
  // Subscribes to what changes.
  const version = records.version.value;
  const { isNarrow, height } = sight.current;
  const lineHeight = isNarrow ? TWO_LINES_HEIGHT : LINE_HEIGHT;
  const headerHeight = isNarrow ? 0 : HEADER_HEIGHT;

  const movedTo = anchor.current === null ? -1 : list.indexOf(anchor.current.row);
  const shift = movedTo < 0 ? 0 : (movedTo - anchor.current!.index) * lineHeight;
  const top = Math.max(0, sight.current.top + shift);
  sight.current = { ...sight.current, top };
  useLayoutEffect(() => {
    if (shift !== 0) scroller.current!.scrollTop = top;
  });

  const first = Math.max(0, Math.floor(top / lineHeight) - OVERSCAN);
  const end = Math.min(list.length, Math.ceil((top + height) / lineHeight) + OVERSCAN);
  const atTop = list.at(Math.floor(top / lineHeight));
  anchor.current =
    top > 0 && atTop !== undefined ? { row: atTop.row, index: Math.floor(top / lineHeight) } : null;

  useEffect(() => {
    if (end > list.length - LOAD_AHEAD && list.olderBefore !== null) void records.loadOlder();
  }, [records, end, version]);

  useLayoutEffect(() => {
    const element = scroller.current!;
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const { scrollTop, clientHeight, clientWidth } = element;
      sight.current = { top: scrollTop, height: clientHeight, isNarrow: clientWidth < NARROW_WIDTH };
      anchor.current = null;
      draw();
      onScrolledDown(scrollTop > 4);
    };
    const soon = (): void => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    const sizes = new ResizeObserver(soon);
    sizes.observe(element);
    element.addEventListener('scroll', soon, { passive: true });
    look();
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      element.removeEventListener('scroll', soon);
    };
  }, []);

  useLayoutEffect(() => {
    if (topCount > 0) scroller.current!.scrollTop = 0;
  }, [topCount]);

  useLayoutEffect(() => {
    const at = selectedRow === null ? -1 : list.indexOf(selectedRow);
    if (at < 0) return;
    const element = scroller.current!;
    // Who goes through it by keys from nowhere is in it: Tab leads on from there.
    if (revealCount > 0 && document.activeElement === document.body) element.focus({ preventScroll: true });
    const lineTop = at * lineHeight;
    const seen = element.clientHeight - headerHeight;
    if (lineTop < element.scrollTop) element.scrollTop = lineTop;
    else if (lineTop + lineHeight > element.scrollTop + seen) element.scrollTop = lineTop + lineHeight - seen;
  }, [revealCount]);

  const todayMs = new Date().setHours(0, 0, 0, 0);
  const lines: JSX.Element[] = [];
  for (let index = first; index < end; index++) {
    const entry = list.at(index)!;
    lines.push(
      isSkipped(entry) ? (
        <SkippedLine
          key={`skipped ${entry.row}`}
          skipped={entry}
          onFill={(skipped) => records.fill(skipped)}
        />
      ) : (
        <RecordLine
          key={entry.row}
          row={entry}
          isSelected={entry.row === selectedRow}
          isCompared={entry.id === comparedId}
          todayMs={todayMs}
        />
      ),
    );
  }
  const selectedAt = selectedRow === null ? -1 : list.indexOf(selectedRow);
  return (
    <div
      ref={scroller}
      class="records-list"
      data-lines={isNarrow ? 'two' : 'one'}
      role="grid"
      aria-label="Records, newest first"
      aria-rowcount={list.length + 1}
      aria-activedescendant={selectedAt >= first && selectedAt < end ? lineId(selectedRow!) : undefined}
      tabIndex={0}
      onClick={(event) => {
        const line = (event.target as Element).closest('[data-row]');
        const entry =
          line === null ? undefined : list.at(list.indexOf(Number(line.getAttribute('data-row'))));
        if (entry !== undefined && !isSkipped(entry)) onOpen(entry);
      }}
    >
      <div class="records-headings" role="rowgroup">
        <div class="records-line records-heading" role="row">
          {Object.entries(HEADINGS).map(([name, heading]) => (
            <span key={name} role="columnheader" class={`records-${name}`}>
              {heading}
            </span>
          ))}
        </div>
      </div>
      <div class="records-all" role="rowgroup" style={{ height: `${list.length * lineHeight}px` }}>
        <div
          class="records-seen"
          role="presentation"
          style={{ transform: `translateY(${first * lineHeight}px)` }}
        >
          {lines}
        </div>
      </div>
      {list.length > 0 && (
        <p class="records-end muted">
          {list.olderBefore === null
            ? `${formatCount(list.length)} in the list: that is all.`
            : 'Looking for older records…'}
        </p>
      )}
    </div>
  );
}

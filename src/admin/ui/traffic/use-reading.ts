import { useEffect, useRef, useState } from 'preact/hooks';
import type { RecordRow } from '../../api/records/record-row.ts';
import type { LiveRecords } from './live-records.ts';
import { navigate, trafficPlace } from './navigate.ts';
import { isSkipped } from './row-list.ts';

/** How somebody goes through the list. */
export interface Reading {
  readonly selectedRow: number | null;
  /** Nothing moves in the list: it is paused, scrolled down, or somebody reads. */
  readonly isHeld: boolean;
  /** Rise when the selected line should come into sight, and when the list should go to its top. */
  readonly revealCount: number;
  readonly topCount: number;
  readonly selected: () => RecordRow | null;
  readonly move: (by: number) => void;
  readonly open: (row: RecordRow) => void;
  readonly close: () => void;
  /** Marks the selected record for comparing, or compares it with the marked one. */
  readonly mark: () => void;
  readonly follow: () => void;
  readonly pause: () => void;
  readonly onScrolledDown: (isScrolledDown: boolean) => void;
}

/** What is selected, and whether the list may move. */
export function useReading(records: LiveRecords): Reading {
  const { list } = records;
  const { isPaused, openedId } = trafficPlace();
  const [selectedRow, showSelected] = useState<number | null>(null);
  /** What is selected now: keys come quicker than the page is drawn. */
  const selection = useRef<number | null>(null);
  const [isReading, setReading] = useState(openedId !== null);
  const [isScrolledDown, onScrolledDown] = useState(false);
  const [counts, setCounts] = useState({ reveal: 0, top: 0 });
  const isHeld = isPaused || isReading || isScrolledDown;
  const select = (row: number | null): void => {
    selection.current = row;
    showSelected(row);
  };

  useEffect(() => {
    list.hold(isHeld);
    records.changed();
  }, [records, isHeld]);
  // Another filter, another list.
  useEffect(() => () => select(null), [records]);

  const selected = (): RecordRow | null => {
    const entry = selection.current === null ? undefined : list.at(list.indexOf(selection.current));
    return entry === undefined || isSkipped(entry) ? null : entry;
  };
  const open = ({ row, id }: RecordRow): void => {
    select(row);
    setReading(true);
    // Going back leads out of the records, however many were looked at.
    navigate({ record: id }, { isReplacing: trafficPlace().openedId !== null });
  };
  const move = (by: number): void => {
    const last = list.length - 1;
    const { openedId: nowOpen } = trafficPlace();
    const from =
      selection.current !== null
        ? list.indexOf(selection.current)
        : nowOpen === null
          ? -1
          : list.indexOfId(nowOpen);
    let at = Math.max(0, Math.min(last, from + by));
    for (let entry = list.at(at); entry !== undefined && isSkipped(entry); entry = list.at(at))
      at += Math.sign(by);
    const entry = list.at(at);
    if (entry === undefined || isSkipped(entry)) return;
    setReading(true);
    select(entry.row);
    setCounts((before) => ({ ...before, reveal: before.reveal + 1 }));
    if (nowOpen !== null) open(entry);
  };
  return {
    selectedRow,
    isHeld,
    revealCount: counts.reveal,
    topCount: counts.top,
    selected,
    move,
    open,
    close() {
      setReading(false);
      select(null);
      navigate({ record: '' });
    },
    mark() {
      const { comparedId, openedId: nowOpen } = trafficPlace();
      const row = selected();
      const id = row?.id ?? nowOpen;
      if (id === null) return;
      if (comparedId === id) navigate({ compare: '' });
      else if (comparedId === null) navigate({ compare: id });
      else if (row !== null) open(row);
    },
    follow() {
      list.showWaiting();
      records.changed();
      setReading(false);
      onScrolledDown(false);
      setCounts((before) => ({ ...before, top: before.top + 1 }));
      navigate({ paused: '' }, { isReplacing: true });
    },
    pause() {
      navigate({ paused: trafficPlace().isPaused ? '' : '1' }, { isReplacing: true });
    },
    onScrolledDown,
  };
}

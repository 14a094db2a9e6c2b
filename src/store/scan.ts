import type { Block } from './block.ts';
import { matcherOf } from './match-query.ts';
import type { Query } from './query.ts';
import {
  ALL_TIMES,
  firstRowOf,
  type FoundBlock,
  type StoreReading,
  type TimeWindow,
} from './store-reading.ts';

const STEP_MS = 5;

export interface ScanBounds {
  readonly order: 'newest' | 'oldest';
  /** Only records stored after this one. */
  readonly afterRow?: number;
  /** Only records stored before this one. */
  readonly beforeRow?: number;
  readonly window?: TimeWindow;
  /** How long one step may look, about: it ends with the block in which that is over. */
  readonly stepMs?: number;
}

/** Takes a record that matches; false ends the scan. */
export type Take = (block: Block, index: number, row: number) => boolean;

/** Where a scan stands. */
export interface ScanState {
  /** All rows between where it began and this one, itself included, have been looked at. */
  readonly row: number;
  /** Nothing is left. */
  readonly isDone: boolean;
}

/**
 * Looks through the store in steps of some milliseconds: a record comes once, in the order of the rows, whatever is merged, forgotten or added between
 * the steps. It ends when `take` returns false, and is then at the row that it was given. Whoever goes on later begins there.
 * @param onMissing oldest first and over all times: rows that retention has forgotten before they were read
 */
export function* scan(
  reading: StoreReading,
  query: Query,
  bounds: ScanBounds,
  take: Take,
  onMissing?: (fromRow: number, toRow: number) => void,
): Generator<ScanState, ScanState> {
  const { order, afterRow = 0, beforeRow = Infinity, window = ALL_TIMES, stepMs = STEP_MS } = bounds;
  const { usesFilter, mayMatch, matches } = matcherOf(query);
  const isNewestFirst = order === 'newest';
  let at = isNewestFirst ? beforeRow : afterRow;

  /** Whether it goes on. */
  const look = (found: FoundBlock): boolean => {
    const first = firstRowOf(found);
    if (onMissing !== undefined && first > at + 1) onMissing(at + 1, Math.min(first, beforeRow) - 1);
    if (!usesFilter || mayMatch(found.filter ?? null)) {
      const block = reading.block(found);
      for (let turn = 0; turn < block.count; turn++) {
        const index = isNewestFirst ? block.count - 1 - turn : turn;
        const row = first + index;
        if (isNewestFirst ? row >= at : row <= at) continue;
        if (row <= afterRow || row >= beforeRow) break;
        at = row;
        const timestampMs = block.timestamps[index]!;
        if (timestampMs < window.sinceMs || timestampMs >= window.untilMs || !matches(block, index)) continue;
        if (!take(block, index, row)) return false;
      }
    }
    at = isNewestFirst ? Math.max(first, afterRow + 1) : Math.min(found.last_row, beforeRow - 1);
    return true;
  };

  /** True where the end is reached. */
  const step = (): boolean => {
    const endMs = performance.now() + stepMs;
    const lastRow = isNewestFirst ? 0 : Math.min(reading.lastRow, beforeRow - 1);
    const blocks = isNewestFirst
      ? reading.blocksBefore(at, window, usesFilter)
      : reading.blocksAfter(at, window, usesFilter);
    for (const found of blocks) {
      if (isNewestFirst ? found.last_row <= afterRow : firstRowOf(found) >= beforeRow) break;
      if (!look(found)) return true;
      if (isNewestFirst ? at <= afterRow + 1 : at >= beforeRow - 1) break;
      if (performance.now() >= endMs) return false;
    }
    if (!isNewestFirst && at < lastRow) {
      onMissing?.(at + 1, lastRow);
      at = lastRow;
    }
    isDone = true;
    return true;
  };

  let isDone = false;
  while (!reading.snapshot(step)) yield { row: at, isDone: false };
  return { row: at, isDone };
}

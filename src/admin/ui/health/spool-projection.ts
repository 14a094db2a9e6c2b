import type { HealthView } from '../../api/health/health-view.ts';
import { slopeOf } from './series-of.ts';

/** Over which the growth is measured: long enough for a steady figure, short enough to follow. */
const MEASURED_MS = 60_000;
/** Less growth is none: a spool breathes. Bytes a second. */
const LEAST_GROWTH = 16;

/** When the spool will be full, at the rate of now. */
export interface SpoolProjection {
  /** From 0 to 1. */
  readonly fill: number;
  /** Where it is full: for some sinks only, below the bound already (SpoolView.giveUpBytes). */
  readonly fullBytes: number;
  /** What waits grows so fast, bytes a second; 0 where it does not. */
  readonly growth: number;
  /** Null where it does not fill. */
  readonly secondsLeft: number | null;
}

/** Null where there is no spool. */
export function spoolProjection({ spool, sinks, history }: HealthView): SpoolProjection | null {
  if (spool === null) return null;
  const { usedBytes, limitBytes, giveUpBytes } = spool;
  const isTakenBySome = sinks.some(({ troubleSinceMs }) => troubleSinceMs === null);
  const fullBytes = isTakenBySome && sinks.length > 1 ? giveUpBytes : limitBytes;
  // Files of the spool go only as a whole: how much of them waits is what really grows.
  const growths = sinks.map(({ name }) => slopeOf(history, 'pendingBytes', MEASURED_MS, name) ?? 0);
  const growth = Math.max(0, ...growths);
  const isFilling = growth >= LEAST_GROWTH && sinks.some(({ waitingBytes }) => waitingBytes > 0);
  return {
    fill: usedBytes / limitBytes,
    fullBytes,
    growth: isFilling ? growth : 0,
    secondsLeft: isFilling ? Math.max(0, fullBytes - usedBytes) / growth : null,
  };
}

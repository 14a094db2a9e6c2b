import type { HealthView } from '../../api/health/health-view.ts';
import type { HistoryPart, HistorySeries } from '../../../telemetry/health-history.ts';

/** No more than this of history is kept. */
const HOUR_MS = 3_600_000;

/** From where on the history should be asked for; null for all of it: nothing is known yet, or it is of another process or another clock. */
export function sinceOf(known: HealthView | null): number | null {
  return known?.history.timesMs.at(-1) ?? null;
}

/** Whether an answer does not go on from what is known: another process, or a clock that was set back. Then all is asked for anew. */
export function isOther(known: HealthView, now: HealthView): boolean {
  return known.startedMs !== now.startedMs || now.nowMs < known.nowMs;
}

/** What is known with an answer that has only what is newer. */
export function mergeHealth(known: HealthView | null, now: HealthView): HealthView {
  if (known === null || isOther(known, now)) return now;
  return { ...now, history: mergeHistory(known.history, now.history) };
}

function mergeHistory(before: HistoryPart, part: HistoryPart): HistoryPart {
  const lastMs = part.timesMs.at(-1) ?? before.timesMs.at(-1) ?? 0;
  const knownMs = before.timesMs.at(-1) ?? -Infinity;
  const firstNew = firstIndex(part.timesMs, (ms) => ms > knownMs);
  const firstKept = firstIndex(before.timesMs, (ms) => ms >= lastMs - HOUR_MS);
  const times = part.timesMs.slice(firstNew);
  // The same arrays again: nothing has to be drawn anew.
  if (times.length === 0 && firstKept === 0) return before;
  const keys = new Map<string, HistorySeries>();
  for (const one of [...before.series, ...part.series]) keys.set(keyOf(one), one);
  const valuesIn = ({ series, timesMs }: HistoryPart, key: string): readonly (number | null)[] =>
    series.find((one) => keyOf(one) === key)?.values ?? timesMs.map(() => null);
  return {
    intervalMs: part.intervalMs,
    timesMs: [...before.timesMs.slice(firstKept), ...times],
    series: [...keys].map(([key, { name, of }]) => ({
      name,
      of,
      values: [...valuesIn(before, key).slice(firstKept), ...valuesIn(part, key).slice(firstNew)],
    })),
  };
}

function keyOf({ name, of }: HistorySeries): string {
  return `${name} ${of ?? ''}`;
}

function firstIndex(times: readonly number[], isSo: (ms: number) => boolean): number {
  const index = times.findIndex(isSo);
  return index < 0 ? times.length : index;
}

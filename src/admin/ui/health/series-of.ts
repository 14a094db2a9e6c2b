import type { HistoryPart } from '../../../telemetry/health-history.ts';
import type { HealthSeriesName } from '../../../telemetry/health-reading.ts';

/** The values of a series; nothing known where there is none. */
export function valuesOf(
  { series, timesMs }: HistoryPart,
  name: HealthSeriesName,
  of: string | null = null,
): readonly (number | null)[] {
  return series.find((one) => one.name === name && one.of === of)?.values ?? timesMs.map(() => null);
}

/** The newest value; null where it is not known. */
export function latestOf(
  history: HistoryPart,
  name: HealthSeriesName,
  of: string | null = null,
): number | null {
  return valuesOf(history, name, of).at(-1) ?? null;
}

/** The newest value that is known, with its time, if it is not older than `ms`; null otherwise. */
export function newestOf(
  history: HistoryPart,
  name: HealthSeriesName,
  ms: number,
  of: string | null = null,
): { readonly value: number; readonly atMs: number } | null {
  const values = valuesOf(history, name, of);
  const place = values.findLastIndex((value) => value !== null);
  if (place < 0 || history.timesMs[place]! < history.timesMs.at(-1)! - ms) return null;
  return { value: values[place]!, atMs: history.timesMs[place]! };
}

/** The mean over the last `ms`, of what is known of it; null where nothing is. */
export function meanOf(
  history: HistoryPart,
  name: HealthSeriesName,
  ms: number,
  of: string | null = null,
): number | null {
  const from = (history.timesMs.at(-1) ?? 0) - ms;
  const known = valuesOf(history, name, of).filter(
    (value, index): value is number => value !== null && history.timesMs[index]! > from,
  );
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** How fast a value rises, per second, over the last `ms`: from its first known value there to its newest. Null where less than two are known. */
export function slopeOf(
  history: HistoryPart,
  name: HealthSeriesName,
  ms: number,
  of: string | null = null,
): number | null {
  const { timesMs } = history;
  const values = valuesOf(history, name, of);
  const from = (timesMs.at(-1) ?? 0) - ms;
  const places = values.flatMap((value, index) => (value !== null && timesMs[index]! >= from ? [index] : []));
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  return ((values[last]! - values[first]!) / (timesMs[last]! - timesMs[first]!)) * 1000;
}

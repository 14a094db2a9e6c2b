import type { HistoryPart } from '../../../telemetry/health-history.ts';
import type { HealthSeriesName } from '../../../telemetry/health-reading.ts';
import { formatClock } from '../parts/format.ts';
import { valuesOf } from './series-of.ts';

/** How a value is shown, and where its axis has its lines. */
export interface PlotUnit {
  readonly format: (value: number) => string;
  /** Spaces between the lines of an axis, rising. */
  readonly steps: readonly number[];
  /** An axis is never shorter: noise is not drawn large. */
  readonly least: number;
}

/** A line of a plot. */
export interface PlotLine {
  /** In the legend. */
  readonly title: string;
  /** Of the tokens: 1 to 6. */
  readonly colour: number;
  /** Lines are told apart by it, too, not by colour alone. */
  readonly dash: readonly number[];
  /** The ground below it is tinted. */
  readonly isFilled: boolean;
  readonly unit: PlotUnit;
  /** One per time. */
  readonly values: readonly (number | null)[];
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3], [4, 6], [12, 4]];

/** The line of a series, as the `index`th of its plot. */
export function lineOf(
  history: HistoryPart,
  series: { readonly name: HealthSeriesName; readonly of?: string | null },
  look: {
    readonly title: string;
    readonly unit: PlotUnit;
    readonly index: number;
    readonly isFilled?: boolean;
    readonly colour?: number;
  },
): PlotLine {
  const { title, unit, index, isFilled = false, colour = (index % 6) + 1 } = look;
  return {
    title,
    unit,
    isFilled,
    colour,
    dash: DASHES[index % DASHES.length]!,
    values: valuesOf(history, series.name, series.of ?? null),
  };
}

/** Places whose neighbours are unknown: a line has nothing to draw there, so a point is. */
export function lonelyPlaces(values: readonly (number | null | undefined)[]): number[] {
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );
}

/** The upper end of an axis from 0: a tenth above the highest value. */
export function axisTop(highest: number | null, { least }: PlotUnit): number {
  return Math.max(least, (highest ?? 0) * 1.1);
}

/** Minutes that a plot may show. */
export const WINDOW_MINUTES = [5, 15, 60] as const;
export type WindowMinutes = (typeof WINDOW_MINUTES)[number];

/** The shortest window that shows all that is known. */
export function fittingWindow(timesMs: readonly number[]): WindowMinutes {
  const ageMs = timesMs.length === 0 ? 0 : timesMs.at(-1)! - timesMs[0]!;
  return WINDOW_MINUTES.find((minutes) => ageMs <= minutes * 60_000) ?? 60;
}

/** What a plot shows, in a sentence, for who does not see it: the newest value of each line, and the highest with its time. */
export function plotInWords(timesMs: readonly number[], lines: readonly PlotLine[], minutes: number): string {
  const fromMs = (timesMs.at(-1) ?? 0) - minutes * 60_000;
  const parts = lines.map(({ title, unit, values }) => {
    let highest: { value: number; atMs: number } | null = null;
    for (const [index, value] of values.entries())
      if (value !== null && timesMs[index]! >= fromMs && (highest === null || value > highest.value))
        highest = { value, atMs: timesMs[index]! };
    if (highest === null) return `${title}: nothing is known`;
    const now = values.at(-1) ?? null;
    const latest = now === null ? 'not known now' : `${unit.format(now)} now`;
    return `${title}: ${latest}, at most ${unit.format(highest.value)} at ${formatClock(highest.atMs)}`;
  });
  return `Over the last ${minutes} minutes. ${parts.join('. ')}.`;
}

/** Whether any line has a value within the window. */
export function hasValues(timesMs: readonly number[], lines: readonly PlotLine[], minutes: number): boolean {
  const fromMs = (timesMs.at(-1) ?? 0) - minutes * 60_000;
  return lines.some(({ values }) =>
    values.some((value, index) => value !== null && timesMs[index]! >= fromMs),
  );
}

import uPlot from 'uplot';
import { cursorPlace } from './plot-cursor.ts';
import { axisTop, lonelyPlaces, type PlotLine, type PlotUnit } from './plot-data.ts';
import { formatClock } from './wording.ts';

/** Plots of one page point at the same time. */
const SYNC_KEY = 'health';
const Y_AXIS_WIDTH = 62;
const X_AXIS_HEIGHT = 22;
/** Pixels between the pointer and the nearest sample beyond which there is none to tell of. */
const REACH = 24;
const MINUTES = [1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * 60_000);

/** What a plot shows of time. */
export interface PlotWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Colours of the tokens, as they are now. */
export interface PlotColours {
  readonly line: (number: number) => string;
  readonly text: string;
  readonly grid: string;
  readonly font: string;
}

export function readColours(element: Element): PlotColours {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    line: (number) => token(`--plot-${number}`),
    text: token('--text-muted'),
    grid: token('--line'),
    font: `11px ${token('--font')}`,
  };
}

/** Lines of one unit share an axis: the first at the left, a second one at the right. */
export function plotOptions(init: {
  readonly lines: readonly PlotLine[];
  readonly colours: PlotColours;
  readonly size: { readonly width: number; readonly height: number };
  readonly window: () => PlotWindow;
}): uPlot.Options {
  const { lines, colours, size, window } = init;
  const units = [...new Set(lines.map(({ unit }) => unit))];
  const scaleOf = (unit: PlotUnit): string => `y${units.indexOf(unit)}`;
  return {
    ...size,
    ms: 1,
    padding: [8, units.length > 1 ? 0 : 18, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: SYNC_KEY, setSeries: false },
      points: { size: 6 },
    },
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left, event } = plot.cursor;
          // Only where the pointer is: what was moved by a key stays at its time when samples come.
          if (event == null) return;
          const isNear =
            idx != null &&
            left != null &&
            left >= 0 &&
            Math.abs(plot.valToPos(plot.data[0][idx]!, 'x') - left) <= REACH;
          cursorPlace.value = isNear ? idx : null;
        },
      ],
    },
    scales: {
      x: { time: true, range: () => [window().fromMs, window().toMs] },
      ...Object.fromEntries(
        units.map((unit) => [
          scaleOf(unit),
          {
            range: (_plot: uPlot, _lowest: number | null, highest: number | null) => [
              0,
              axisTop(highest, unit),
            ],
          },
        ]),
      ),
    } as uPlot.Scales,
    axes: [
      {
        stroke: colours.text,
        font: colours.font,
        size: X_AXIS_HEIGHT,
        incrs: MINUTES,
        grid: { stroke: colours.grid, width: 1 },
        ticks: { show: false },
        values: (_plot, times) => times.map((ms) => formatClock(ms)),
      },
      ...units.map((unit, index): uPlot.Axis => ({
        scale: scaleOf(unit),
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the typings name left and right by an enum that is in them only
        side: index === 0 ? 3 : 1,
        stroke: colours.text,
        font: colours.font,
        size: Y_AXIS_WIDTH,
        space: 28,
        incrs: [...unit.steps],
        grid: { show: index === 0, stroke: colours.grid, width: 1 },
        ticks: { show: false },
        values: (_plot, values) => values.map((value) => unit.format(value)),
      })),
    ],
    series: [
      {},
      ...lines.map(({ title, colour, dash, isFilled, unit }): uPlot.Series => {
        const stroke = colours.line(colour);
        return {
          label: title,
          scale: scaleOf(unit),
          stroke,
          width: 1.5,
          dash: [...dash],
          ...(isFilled ? { fill: `color-mix(in srgb, ${stroke} 16%, transparent)` } : {}),
          points: {
            show: true,
            size: 4,
            fill: stroke,
            filter: (plot, index) => lonelyPlaces(plot.data[index] as (number | null)[]),
          },
        };
      }),
    ],
  };
}

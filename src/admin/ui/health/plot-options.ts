import type uPlot from 'uplot';
import { axisLook, type Colours } from '../parts/canvas-plot.tsx';
import { formatClock } from '../parts/format.ts';
import { cursorPlace } from './plot-cursor.ts';
import { axisTop, lonelyPlaces, type PlotLine, type PlotUnit } from './plot-data.ts';

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

/** Lines of one unit share an axis: the first at the left, a second one at the right. */
export function plotOptions(init: {
  readonly lines: readonly PlotLine[];
  readonly colours: Colours;
  readonly window: () => PlotWindow;
}): Omit<uPlot.Options, 'width' | 'height'> {
  const { lines, colours, window } = init;
  const look = axisLook(colours);
  const units = [...new Set(lines.map(({ unit }) => unit))];
  const scaleOf = (unit: PlotUnit): string => `y${units.indexOf(unit)}`;
  return {
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
        ...look,
        size: X_AXIS_HEIGHT,
        incrs: MINUTES,
        values: (_plot, times) => times.map((ms) => formatClock(ms)),
      },
      ...units.map((unit, index): uPlot.Axis => ({
        ...look,
        scale: scaleOf(unit),
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the typings name left and right by an enum that is in them only
        side: index === 0 ? 3 : 1,
        size: Y_AXIS_WIDTH,
        space: 28,
        incrs: [...unit.steps],
        grid: { ...look.grid, show: index === 0 },
        values: (_plot, values) => values.map((value) => unit.format(value)),
      })),
    ],
    series: [
      {},
      ...lines.map(({ title, colour, dash, isFilled, unit }): uPlot.Series => {
        const stroke = colours(`plot-${colour}`);
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

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { axisLook, CanvasPlot, type Colours } from '../parts/canvas-plot.tsx';
import { formatClock, formatClockSeconds, formatDateTime } from '../parts/format.ts';
import { rangeBetween, type TimeRange } from './time-range.ts';

export interface RangePlotProps {
  /** For screen readers. */
  readonly label: string;
  /** Times in ms, then the values of each series. */
  readonly data: uPlot.AlignedData;
  /** Of time, for the width of bars and the end of the axis. */
  readonly stepMs: number;
  readonly height: number;
  /** What is drawn; asked for once, and again when the theme changes. */
  readonly series: (colours: Colours) => readonly uPlot.Series[];
  readonly scale: uPlot.Scale;
  /** The labels of the values' axis. */
  readonly valueLabels: uPlot.Axis.Values;
  /** Which of the values' lines are drawn; all without. */
  readonly valueLines?: uPlot.Axis.Filter;
  /** Drawn over it. */
  readonly drawOver?: (plot: uPlot, colours: Colours) => void;
  /** The bucket under the pointer; null where there is none. */
  readonly onPoint: (index: number | null) => void;
  /** A stretch of time was drawn. */
  readonly onRange: (range: TimeRange) => void;
}

const SYNC_KEY = 'traffic';
/** A shorter drag is a click. */
const MIN_DRAG_PX = 4;

const TIME_STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 1_209_600, 2_592_000,
].map((seconds) => seconds * 1000);

/** A plot over time in which a stretch can be drawn to look at it alone. */
export function RangePlot(props: RangePlotProps): JSX.Element {
  const latest = useRef(props);
  latest.current = props;
  const { label, data, height } = props;
  return (
    <CanvasPlot
      name="plot"
      label={label}
      data={data}
      height={height}
      options={(colours) => optionsOf(latest, colours)}
    />
  );
}

function optionsOf(
  latest: { readonly current: RangePlotProps },
  colours: Colours,
): Omit<uPlot.Options, 'width' | 'height'> {
  const { series, scale, valueLabels, valueLines } = latest.current;
  const axis = axisLook(colours);
  let pointed: number | null = null;
  return {
    ms: 1,
    // The last label stands half beyond the end of the axis.
    padding: [6, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: MIN_DRAG_PX },
      sync: { key: SYNC_KEY },
    },
    scales: {
      x: {
        time: true,
        range: (_, min, max) => [min, Math.max(max + latest.current.stepMs, min + 1)],
      },
      y: scale,
    },
    series: [{}, ...series(colours)],
    axes: [
      {
        ...axis,
        // Below the lowest label of the other axis.
        size: 26,
        gap: 7,
        space: 70,
        incrs: TIME_STEPS_MS,
        values: (_, splits, _axis, _space, stepMs) => splits.map((ms) => timeLabel(ms, stepMs)),
      },
      {
        ...axis,
        size: 52,
        gap: 4,
        space: 22,
        values: valueLabels,
        grid: { ...axis.grid, ...(valueLines === undefined ? {} : { filter: valueLines }) },
      },
    ],
    hooks: {
      draw: [(drawn) => latest.current.drawOver?.(drawn, colours)],
      setCursor: [
        ({ cursor: { idx } }) => {
          const index = idx ?? null;
          if (index === pointed) return;
          pointed = index;
          latest.current.onPoint(index);
        },
      ],
      setSelect: [
        (selected) => {
          const { left, width } = selected.select;
          if (width < MIN_DRAG_PX) return;
          selected.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onRange(
            rangeBetween(selected.posToVal(left, 'x'), selected.posToVal(left + width, 'x')),
          );
        },
      ],
    },
  };
}

function timeLabel(ms: number, stepMs: number): string {
  if (stepMs < 60_000) return formatClockSeconds(ms);
  const clock = formatClock(ms);
  return stepMs < 86_400_000 && clock !== '00:00' ? clock : formatDateTime(ms).slice(5, 10);
}

import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { RecordSummary } from '../../api/records/record-summary.ts';
import { formatCount, formatDateTime, formatDuration } from '../parts/format.ts';
import { histogramSeries, histogramText, histogramTotals } from './histogram-series.ts';
import type { Colours } from '../parts/canvas-plot.tsx';
import { RangePlot } from './range-plot.tsx';
import type { TimeRange } from './time-range.ts';

const HEIGHT = 92;
/** Below this width there is one plot below the other, and none before they are asked for. */
const WIDE = 700;
const SHOWN_KEY = 'traffic plots';

const STACK_SERIES = (colours: Colours): readonly uPlot.Series[] =>
  ['danger', 'warning', 'success'].map((token) => ({
    fill: colours(token),
    width: 0,
    points: { show: false },
    paths: uPlot.paths.bars!({ size: [0.9, 40], align: 1 }),
  }));

const LATENCY_SERIES = (colours: Colours): readonly uPlot.Series[] =>
  (
    [
      ['plot-4', [2, 3]],
      ['plot-3', [6, 3]],
      ['plot-2', []],
    ] as const
  ).map(([token, dash]) => ({
    stroke: colours(token),
    width: 1.5,
    dash: [...dash],
    spanGaps: true,
    // Of the first requests there is one value only, which no line would show.
    points: { show: true, size: 5, fill: colours(token), filter: onlyPlace },
  }));

/** Where the value of a line stands that has no other. */
function onlyPlace(plot: uPlot, index: number): number[] {
  const places: number[] = [];
  for (const [place, value] of plot.data[index]!.entries()) if (value != null) places.push(place);
  return places.length === 1 ? places : [];
}

/** Requests and latency over time, of all that match. */
export function TrafficPlots({
  summary,
  width,
  onRange,
}: {
  summary: RecordSummary | null;
  width: number;
  onRange: (range: TimeRange) => void;
}): JSX.Element {
  const [isShown, setShown] = useState(() => {
    const kept = sessionStorage.getItem(SHOWN_KEY);
    return kept === null ? width >= WIDE : kept === 'yes';
  });
  const [pointed, setPointed] = useState<number | null>(null);
  const histogram = summary?.histogram ?? null;
  const series = useMemo(() => (histogram === null ? null : histogramSeries(histogram)), [histogram]);
  const counts = useMemo<uPlot.AlignedData>(
    () => (series === null ? [[], [], [], []] : [[...series.times], ...series.stacks.map((all) => [...all])]),
    [series],
  );
  const latencies = useMemo<uPlot.AlignedData>(
    () =>
      series === null ? [[], [], [], []] : [[...series.times], ...series.latencies.map((all) => [...all])],
    [series],
  );
  const toggle = (): void => {
    sessionStorage.setItem(SHOWN_KEY, isShown ? 'no' : 'yes');
    setShown(!isShown);
  };
  const bucket = pointed === null ? undefined : histogram?.buckets[pointed];
  const shown = bucket ?? (histogram === null ? null : histogramTotals(histogram));
  const stepMs = histogram?.stepMs ?? 1000;
  return (
    <section class="plots" aria-label="Requests and latency over time">
      <div class="plots-legend">
        <button type="button" class="plots-fold" aria-expanded={isShown} onClick={toggle}>
          <span aria-hidden="true">{isShown ? '▾' : '▸'}</span> Over time
        </button>
        <span class="plots-when">
          {bucket !== undefined
            ? `${formatDateTime(histogram!.startMs + pointed! * stepMs).slice(5, 19)}, ${formatDuration(stepMs * 1e6)}`
            : ''}
        </span>
        {shown !== null && (
          <>
            <span class="plots-item" data-level="success">
              <i aria-hidden="true">●</i> ok <b>{formatCount(shown.success)}</b>
            </span>
            <span class="plots-item" data-level="client-error">
              <i aria-hidden="true">▲</i> 4xx <b>{formatCount(shown.clientError)}</b>
            </span>
            <span class="plots-item" data-level="server-error">
              <i aria-hidden="true">✖</i> failed <b>{formatCount(shown.serverError)}</b>
            </span>
            {shown.missing > 0 && (
              <span class="plots-missing">
                <i aria-hidden="true">▼</i> <b>{formatCount(shown.missing)}</b> missing
              </span>
            )}
            {(isShown || bucket !== undefined) && (
              <span class="plots-latency">
                {(['p50', 'p95', 'p99'] as const).map((name) => (
                  <span key={name} class="plots-item" data-line={name}>
                    <i aria-hidden="true" /> {name}
                    {bucket !== undefined && (
                      <b> {bucket[name] === null ? '–' : formatDuration(bucket[name])}</b>
                    )}
                  </span>
                ))}
              </span>
            )}
          </>
        )}
      </div>
      {histogram !== null && <p class="only-for-readers">{histogramText(histogram)}</p>}
      {isShown && (
        <div class="plots-pair" data-width={width >= WIDE ? 'wide' : 'narrow'}>
          <RangePlot
            label="Requests over time; draw a stretch to look at it alone"
            data={counts}
            stepMs={stepMs}
            height={HEIGHT}
            series={STACK_SERIES}
            scale={{ range: (_, _min, max) => [0, Math.max(1, max * 1.05)] }}
            valueLabels={(_, values) =>
              values.map((value) => (Number.isInteger(value) ? shortCount(value) : ''))
            }
            drawOver={(plot, colours) => drawMissing(plot, colours, histogram)}
            onPoint={setPointed}
            onRange={onRange}
          />
          <RangePlot
            label="Latency over time: median, 95th and 99th percentile"
            data={latencies}
            stepMs={stepMs}
            height={HEIGHT}
            series={LATENCY_SERIES}
            // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- logarithmic; the enum is there for the compiler alone
            scale={{ distr: 3, range: latencyRange }}
            valueLabels={(_, values) =>
              values.map((value) => (isDecade(value) ? formatDuration(value * 1e6) : ''))
            }
            valueLines={(_, values) => values.map((value) => (isDecade(value) ? value : null))}
            onPoint={setPointed}
            onRange={onRange}
          />
        </div>
      )}
    </section>
  );
}

/** Whole decades, so that lines can be read. */
function latencyRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !(min > 0)) return [1, 100];
  const low = 10 ** Math.floor(Math.log10(min));
  return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(max)))];
}

function isDecade(value: number | null): value is number {
  return value !== null && Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
}

/** Where records are missing, a line through the plot with a head. */
function drawMissing(plot: uPlot, colours: Colours, histogram: RecordSummary['histogram'] | null): void {
  if (histogram === null) return;
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colours('danger');
  for (const [index, { missing }] of histogram.buckets.entries()) {
    if (missing === 0) continue;
    const x = plot.valToPos(histogram.startMs + (index + 0.5) * histogram.stepMs, 'x', true);
    ctx.fillRect(x - scale / 2, bbox.top, scale, bbox.height);
    ctx.beginPath();
    ctx.moveTo(x - 5 * scale, bbox.top);
    ctx.lineTo(x + 5 * scale, bbox.top);
    ctx.lineTo(x, bbox.top + 8 * scale);
    ctx.fill();
  }
  ctx.restore();
}

function shortCount(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(2))} M`;
  return count >= 1e4 ? `${Number((count / 1e3).toPrecision(2))} k` : String(count);
}

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { CanvasPlot } from '../parts/canvas-plot.tsx';
import { formatClockSeconds } from '../parts/format.ts';
import { cursorPlace } from './plot-cursor.ts';
import { hasValues, plotInWords, type PlotLine } from './plot-data.ts';
import { plotOptions, type PlotWindow } from './plot-options.ts';

/** Samples that a key moves the cursor by, with Shift. */
const LONG_STEP = 12;

/**
 * Lines over time with a legend that tells the values at the cursor, or the newest. The arrow keys move the cursor, and screen readers say what is there;
 * what it shows as a whole is said in a sentence.
 * @param nothing what is shown instead of a plot without a value
 */
export function HistoryPlot({
  title,
  timesMs,
  lines,
  minutes,
  height,
  nothing,
  children,
}: {
  title: string;
  timesMs: readonly number[];
  lines: readonly PlotLine[];
  minutes: number;
  height: number;
  nothing: string;
  children?: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const place = placeAmong(timesMs.length);
  const isEmpty = !hasValues(timesMs, lines, minutes);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = placeAfterKey(event, place ?? timesMs.length - 1, timesMs.length);
    if (next === undefined) return;
    event.preventDefault();
    cursorPlace.value = next;
  };
  const shown = place ?? timesMs.length - 1;
  return (
    <figure class="health-plot" aria-labelledby={`${id}-title`}>
      <figcaption class="health-plot-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {children}
        <span class="health-plot-time mono" aria-hidden="true">
          {place === null ? '' : formatClockSeconds(timesMs[place]!)}
        </span>
      </figcaption>
      {isEmpty ? (
        <p class="health-plot-nothing" style={{ height: `${height}px` }}>
          {nothing}
        </p>
      ) : (
        <div
          class="health-plot-field"
          role="slider"
          tabIndex={0}
          aria-label={`${title}: time`}
          aria-describedby={`${id}-words`}
          aria-valuemin={0}
          aria-valuemax={timesMs.length - 1}
          aria-valuenow={shown}
          aria-valuetext={`${formatClockSeconds(timesMs[shown]!)}: ${lines
            .map((line) => `${line.title} ${textAt(line, shown)}`)
            .join(', ')}`}
          onKeyDown={onKeyDown}
          onBlur={() => (cursorPlace.value = null)}
        >
          <Canvas timesMs={timesMs} lines={lines} minutes={minutes} height={height} place={place} />
        </div>
      )}
      {!isEmpty && (
        <ul class="health-legend" aria-hidden="true">
          {lines.map((line) => (
            <li key={line.title}>
              <Swatch line={line} />
              <span>{line.title}</span>
              <b>{textAt(line, shown)}</b>
            </li>
          ))}
        </ul>
      )}
      <p id={`${id}-words`} class="only-for-readers">
        {plotInWords(timesMs, lines, minutes)}
      </p>
    </figure>
  );
}

/** The line as it is drawn: by its dashes it can be told without its colour. */
function Swatch({ line: { colour, dash } }: { line: PlotLine }): JSX.Element {
  return (
    <svg width="22" height="8" viewBox="0 0 22 8">
      <line
        x1="0"
        y1="4"
        x2="22"
        y2="4"
        stroke={`var(--plot-${colour})`}
        stroke-width="2"
        stroke-dasharray={dash.join(' ')}
      />
    </svg>
  );
}

function Canvas({
  timesMs,
  lines,
  minutes,
  height,
  place,
}: {
  timesMs: readonly number[];
  lines: readonly PlotLine[];
  minutes: number;
  height: number;
  place: number | null;
}): JSX.Element {
  const plot = useRef<uPlot | null>(null);
  const window = useRef<PlotWindow>({ fromMs: 0, toMs: 0 });
  const toMs = timesMs.at(-1) ?? 0;
  window.current = { fromMs: toMs - minutes * 60_000, toMs };
  const data = useMemo(
    () => [timesMs, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData,
    [timesMs, minutes],
  );
  useEffect(() => {
    // After the plot has taken its data and scales, which it does at the end of the turn.
    queueMicrotask(() => {
      const made = plot.current;
      if (made === null || (made.cursor.idx ?? null) === place) return;
      // Moved by keys, here or at another plot.
      const left = place === null ? -10 : made.valToPos(timesMs[place]!, 'x');
      made.setCursor({ left, top: place === null ? -10 : 0 }, false);
    });
  }, [place, timesMs, minutes]);
  return (
    <CanvasPlot
      name="health-canvas"
      data={data}
      height={height}
      options={(colours) => plotOptions({ lines, colours, window: () => window.current })}
      shape={lines.map(({ title, colour }) => `${title} ${colour}`).join()}
      plot={plot}
    />
  );
}

/** The shared cursor, where there is such a sample. */
function placeAmong(count: number): number | null {
  const { value } = cursorPlace;
  return value === null || value >= count ? null : value;
}

/** Where a key leads; null is no cursor, undefined no such key. */
function placeAfterKey(
  { key, shiftKey }: KeyboardEvent,
  place: number,
  count: number,
): number | null | undefined {
  const step = shiftKey ? LONG_STEP : 1;
  if (key === 'ArrowLeft' || key === 'ArrowDown') return Math.max(0, place - step);
  if (key === 'ArrowRight' || key === 'ArrowUp') return Math.min(count - 1, place + step);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return key === 'Escape' ? null : undefined;
}

function textAt({ values, unit }: PlotLine, place: number): string {
  const value = values[place] ?? null;
  return value === null ? '–' : unit.format(value);
}

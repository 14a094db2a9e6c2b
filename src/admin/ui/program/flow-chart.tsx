import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../parts/format.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import type { BoxRates } from './activity-rates.ts';
import { ChartArrowLine, ChartBoxMark } from './chart-marks.tsx';
import { fitOf, layoutCharts } from './flow-chart-layout.ts';
import { boxBeside, type Chart, type ChartBox, drawable } from './flow-chart-model.ts';
import { useDrag } from './use-drag.ts';

const MIN_ZOOM = 0.25;
const MAX_ZOOM = 2;
const ZOOM_STEP = 1.2;

/**
 * Flow charts of pipelines, to be moved around in: scroll or drag, zoom, arrow keys from box to box, Enter to the source.
 * @param rates by the keys of boxes, of a running program; null for one that is only read
 */
export function FlowChart({
  name,
  charts: all,
  rates,
  onOpen,
}: {
  /** For screen readers. */
  name: string;
  charts: readonly Chart[];
  rates: ReadonlyMap<string, BoxRates> | null;
  onOpen: (place: Pick<ChartBox, 'file' | 'line' | 'column'>) => void;
}): JSX.Element {
  const charts = useMemo(() => drawable(all), [all]);
  const leftOut = all.length - charts.length;
  const window = useRef<HTMLDivElement>(null);
  const picture = useRef<SVGSVGElement>(null);
  /** Null: as it fits. */
  const [zoom, setZoom] = useState<number | null>(null);
  const [size, setSize] = useState({ width: 800, height: 600 });
  const [current, setCurrent] = useState<number | null>(null);
  const counts = rates === null ? 'none' : size.width < 760 ? 'below' : 'beside';
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { clientWidth, clientHeight } = entry!.target;
      // Charts move only where the window changes a lot: a picture that jumps while a bar is dragged cannot be read.
      const rounded = (length: number): number => Math.max(160, Math.floor(length / 40) * 40);
      setSize({ width: rounded(clientWidth), height: rounded(clientHeight) });
    });
    observer.observe(window.current!);
    return () => observer.disconnect();
  }, []);
  const placed = useMemo(
    () => layoutCharts(charts, { counts, window: size }),
    [charts, counts, size.width, size.height],
  );
  const fit = fitOf(placed, size);
  const scale = zoom ?? fit;
  useDrag(window);
  const boxes = charts.flatMap((chart) => chart.boxes);
  const focused = boxes.some(({ id }) => id === current) ? current : (boxes[0]?.id ?? null);
  const focus = (id: number): void => {
    setCurrent(id);
    const element = picture.current!.querySelector<SVGGElement>(`[data-box="${id}"]`);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const zoomTo = (next: number): void => setZoom(Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, next)));
  useShortcuts([
    { keys: ['+'], meaning: 'Zoom the chart in', run: () => zoomTo(scale * ZOOM_STEP) },
    { keys: ['-'], meaning: 'Zoom the chart out', run: () => zoomTo(scale / ZOOM_STEP) },
    { keys: ['0'], meaning: 'Fit the whole chart', run: () => setZoom(null) },
  ]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || focused === null) return;
    const box = boxes.find(({ id }) => id === focused)!;
    if (event.key === 'Enter' || event.key === ' ') onOpen(box);
    else {
      const next = boxBeside(boxes, focused, event.key);
      if (next === null) return;
      focus(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="chart">
      <div class="chart-tools" role="group" aria-label={`Zoom of ${name}`}>
        <span class="chart-legend muted">
          {rates === null ? 'As edited' : 'Now: sessions and events a second'}
        </span>
        <button
          type="button"
          class="button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          disabled={scale <= MIN_ZOOM}
          onClick={() => zoomTo(scale / ZOOM_STEP)}
        >
          −
        </button>
        <span class="chart-zoom" aria-live="off">
          {Math.round(scale * 100)}%
        </span>
        <button
          type="button"
          class="button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          disabled={scale >= MAX_ZOOM}
          onClick={() => zoomTo(scale * ZOOM_STEP)}
        >
          +
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={zoom === null}
          title="Fit the whole picture (0)"
          onClick={() => setZoom(null)}
        >
          Fit
        </button>
      </div>
      {(leftOut > 0 || charts.some(({ isCut }) => isCut)) && (
        <p class="program-note program-note-warning">
          There is more than can be drawn:{' '}
          {leftOut > 0
            ? `${formatCount(leftOut)} more pipelines. Look at one alone under Running.`
            : 'the end of a pipeline is left out.'}
        </p>
      )}
      <div
        class="chart-window"
        ref={window}
        onWheel={(event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          zoomTo(scale * (event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP));
        }}
      >
        <svg
          ref={picture}
          class="chart-picture"
          width={placed.width * scale}
          height={placed.height * scale}
          viewBox={`0 0 ${placed.width} ${placed.height}`}
        >
          <defs>
            <ArrowTip id="chart-tip" />
            <ArrowTip id="chart-tip-live" />
          </defs>
          <g aria-hidden="true">
            {placed.frames.map(({ pipeline, left, top, width, height }) => (
              <rect
                key={pipeline}
                class="chart-frame"
                x={left}
                y={top}
                width={width}
                height={height}
                rx="8"
              />
            ))}
            {placed.arrows.map((arrow) => (
              <ChartArrowLine
                key={`${arrow.from} ${arrow.to}`}
                arrow={arrow}
                rates={rates}
                boxes={placed.boxes}
              />
            ))}
          </g>
          <g role="tree" aria-label={`${name}, as a list`} onKeyDown={onKeyDown}>
            {placed.boxes.map((box) => (
              <ChartBoxMark
                key={box.id}
                box={box}
                counts={counts}
                rates={box.key === null ? undefined : rates?.get(box.key)}
                isCurrent={box.id === focused}
                onFocus={() => setCurrent(box.id)}
                onOpen={onOpen}
              />
            ))}
          </g>
        </svg>
      </div>
    </div>
  );
}

function ArrowTip({ id }: { id: string }): JSX.Element {
  return (
    <marker
      id={id}
      class={id}
      viewBox="0 0 10 10"
      refX="9"
      refY="5"
      markerWidth="10"
      markerHeight="10"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path d="M0 1 L10 5 L0 9 z" />
    </marker>
  );
}

import { Graph, layout } from '@dagrejs/dagre';
import type { Chart, ChartArrow, ChartBox } from './flow-chart-model.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends ChartBox {
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedArrow extends ChartArrow {
  readonly points: readonly Point[];
}

/** The frame around a pipeline that is linked to. */
export interface PlacedFrame {
  readonly pipeline: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Charts with places: CSS pixels at a zoom of 1, from the top left corner. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
  readonly frames: readonly PlacedFrame[];
}

export interface LayoutOptions {
  /** Where in its box the counts of a filter stand. */
  readonly counts: 'none' | 'beside' | 'below';
  /** What the picture is seen through; CSS pixels. */
  readonly window: WindowSize;
}

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

const LETTER_WIDTH = 7.3;
/** Without counts, with `1.2k sess/s · 340 ev/s` below, and with that beside the name. */
const MIN_WIDTHS = { none: 116, below: 168, beside: 306 };
const MAX_WIDTH = 340;
const HEIGHTS = { none: 28, beside: 28, below: 44 };
const MARGIN = 16;
const CHART_GAP = 36;
const MAX_ORDERED_BOXES = 60;
/** What counts need beside a name. */
const COUNTS_WIDTH = 136;

/** How many letters of a name fit into the widest box. */
export const MAX_NAME_LENGTH = Math.floor((MAX_WIDTH - 24) / LETTER_WIDTH);

/** A picture that is taller than the window is scrolled rather than made smaller than that: it is read from top to bottom. */
const LEAST_FIT = 0.8;
const MIN_FIT = 0.25;
/** Charts stand side by side up to so many widths of the window. */
const ROW_WIDTHS = [1, 1.12, 1.3];

/** The zoom at which a picture fits into a window: all of its width, and of its height as much as can be read. */
export function fitOf(picture: WindowSize, window: WindowSize): number {
  const byHeight = Math.max(LEAST_FIT, window.height / picture.height);
  return Math.max(MIN_FIT, Math.min(1, window.width / picture.width, byHeight));
}

/** Places all charts, each in layers from top to bottom, side by side where that can be read. */
export function layoutCharts(charts: readonly Chart[], options: LayoutOptions): ChartLayout {
  const placed = charts.map((one) => placedChart(one, options.counts));
  const { window } = options;
  const [first, ...more] = ROW_WIDTHS.map((share) => inRows(placed, share * window.width));
  /** How much of the picture is seen without scrolling, before how large it is. */
  const worth = (picture: ChartLayout): number => {
    const fit = fitOf(picture, window);
    return Math.min(1, window.height / (picture.height * fit)) + fit / 10;
  };
  return more.reduce((best, other) => (worth(other) > worth(best) ? other : best), first!);
}

function inRows(charts: readonly ChartLayout[], maxWidth: number): ChartLayout {
  const rows: { left: number; top: number; chart: ChartLayout }[] = [];
  let left = MARGIN;
  let top = MARGIN;
  let rowHeight = 0;
  for (const chart of charts) {
    if (left > MARGIN && left + chart.width + MARGIN > maxWidth) {
      left = MARGIN;
      top += rowHeight + CHART_GAP;
      rowHeight = 0;
    }
    rows.push({ left, top, chart });
    left += chart.width + CHART_GAP;
    rowHeight = Math.max(rowHeight, chart.height);
  }
  return {
    width: Math.max(0, ...rows.map((row) => row.left + row.chart.width)) + MARGIN,
    height: Math.max(0, ...rows.map((row) => row.top + row.chart.height)) + MARGIN,
    boxes: rows.flatMap((row) => row.chart.boxes.map((box) => moved(box, row.left, row.top))),
    arrows: rows.flatMap((row) =>
      row.chart.arrows.map((arrow) => ({
        ...arrow,
        points: arrow.points.map((point) => moved(point, row.left, row.top)),
      })),
    ),
    frames: rows.flatMap((row) =>
      row.chart.frames.map((frame) => ({
        ...frame,
        left: frame.left + row.left,
        top: frame.top + row.top,
      })),
    ),
  };
}

/** What was placed already: another window only moves charts as they are. */
const known = new WeakMap<Chart, Map<LayoutOptions['counts'], ChartLayout>>();

function placedChart(chart: Chart, counts: LayoutOptions['counts']): ChartLayout {
  let layouts = known.get(chart);
  if (layouts === undefined) known.set(chart, (layouts = new Map()));
  let placed = layouts.get(counts);
  if (placed === undefined) layouts.set(counts, (placed = layoutChart(chart, counts)));
  return placed;
}

/** One chart, its top left corner at 0, 0. */
function layoutChart(chart: Chart, counts: LayoutOptions['counts']): ChartLayout {
  const graph = new Graph<
    object,
    { width: number; height: number } & Partial<Point>,
    { points?: Point[]; weight?: number; minlen?: number }
  >({
    compound: true,
  });
  graph.setGraph({ rankdir: 'TB', nodesep: 20, ranksep: 22, edgesep: 12 });
  const sized = (box: ChartBox): { width: number; height: number } => {
    // Titles are bold, rounded, and may have a sign before them.
    const margins = box.kind === 'title' ? 56 : 24;
    const wanted = box.name.length * LETTER_WIDTH + margins + (counts === 'beside' ? COUNTS_WIDTH : 0);
    return {
      width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTHS[counts], wanted)),
      height: box.kind === 'missing' ? HEIGHTS.none : HEIGHTS[counts],
    };
  };
  const frame = (pipeline: number): string => `frame ${pipeline}`;
  for (const box of chart.boxes) {
    graph.setNode(String(box.id), sized(box));
    if (box.kind !== 'title' || box.parent === null) continue;
    graph.setNode(frame(box.id), { width: 0, height: 0 });
    const outer = chart.boxes.find(({ id }) => id === box.parent)!.pipeline;
    if (outer !== chart.root) graph.setParent(frame(box.id), frame(outer));
  }
  for (const box of chart.boxes)
    if (box.kind !== 'missing' && box.pipeline !== chart.root)
      graph.setParent(String(box.id), frame(box.pipeline));
  for (const { from, to, kind } of chart.arrows)
    // What one pipeline does stands in one column.
    graph.setEdge(String(from), String(to), { weight: kind === 'next' ? 12 : 1, minlen: 1 });
  // The best order of what stands side by side takes most of the time, and is seen only in small charts.
  layout(graph, { disableOptimalOrderHeuristic: chart.boxes.length > MAX_ORDERED_BOXES });
  return cornered({
    boxes: chart.boxes.map((box) => ({
      ...box,
      ...(graph.node(String(box.id)) as Required<Point> & { width: number; height: number }),
    })),
    arrows: chart.arrows.map((arrow) => ({
      ...arrow,
      points: graph.edge(String(arrow.from), String(arrow.to)).points ?? [],
    })),
    frames: chart.boxes.flatMap((box) => {
      if (box.kind !== 'title' || box.parent === null) return [];
      const { x = 0, y = 0, width, height } = graph.node(frame(box.id));
      return [{ pipeline: box.id, left: x - width / 2, top: y - height / 2, width, height }];
    }),
  });
}

/** Moves everything so that it begins at 0, 0: arrows may lead around the boxes. */
function cornered(placed: Pick<ChartLayout, 'boxes' | 'arrows' | 'frames'>): ChartLayout {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const { x, y, width, height } of placed.boxes) {
    xs.push(x - width / 2, x + width / 2);
    ys.push(y - height / 2, y + height / 2);
  }
  for (const { left, top, width, height } of placed.frames) {
    xs.push(left, left + width);
    ys.push(top, top + height);
  }
  for (const { points } of placed.arrows)
    for (const { x, y } of points) {
      xs.push(x);
      ys.push(y);
    }
  const left = xs.reduce((least, x) => Math.min(least, x), Infinity);
  const top = ys.reduce((least, y) => Math.min(least, y), Infinity);
  return {
    width: xs.reduce((most, x) => Math.max(most, x), -Infinity) - left,
    height: ys.reduce((most, y) => Math.max(most, y), -Infinity) - top,
    boxes: placed.boxes.map((box) => moved(box, -left, -top)),
    arrows: placed.arrows.map((arrow) => ({
      ...arrow,
      points: arrow.points.map((point) => moved(point, -left, -top)),
    })),
    frames: placed.frames.map((one) => ({ ...one, left: one.left - left, top: one.top - top })),
  };
}

function moved<T extends Point>(what: T, x: number, y: number): T {
  return { ...what, x: what.x + x, y: what.y + y };
}

/** An SVG path through the points, its corners rounded. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const middle = (one: Point, other: Point): Point => ({
    x: (one.x + other.x) / 2,
    y: (one.y + other.y) / 2,
  });
  if (rest.length === 1) return `M ${at(first)} L ${at(last)}`;
  // The last curve ends in the last point, so that a tip there knows its direction.
  const curves = rest.slice(0, -1).map((point, index) => {
    const isLast = index === rest.length - 2;
    return ` Q ${at(point)} ${at(isLast ? last : middle(point, rest[index + 1]!))}`;
  });
  return `M ${at(first)}${curves.join('')}`;
}

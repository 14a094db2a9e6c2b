import type { Graph, GraphNode } from '../../../script/graph.ts';

/** A box of a flow chart. */
export interface ChartBox {
  /** The node's number in the graph. */
  readonly id: number;
  /** `title` heads a pipeline; `missing` stands for one that is not there. */
  readonly kind: 'title' | 'filter' | 'missing';
  readonly name: string;
  /** The title of the pipeline that it is in: a filter's own pipeline; a title's, its own number. */
  readonly pipeline: number;
  /** The box that leads here in the list of boxes: a filter's title, a title's link; null for the title of the chart. */
  readonly parent: number | null;
  /** How deep it is in that list, from 1. */
  readonly level: number;
  /** `listen`, `task`, `named` for the title of a chart. */
  readonly entry: 'listen' | 'task' | 'named' | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** What its counts are found by. */
  readonly key: string | null;
}

/**
 * `next`: from a filter to the one behind it. `branch`: from a link or fork into a pipeline that it names. `back`: from the end of that pipeline to the
 * filter behind the link.
 */
export interface ChartArrow {
  readonly from: number;
  readonly to: number;
  readonly kind: 'next' | 'branch' | 'back';
}

/** One pipeline that something begins, with all that it leads to. */
export interface Chart {
  readonly root: number;
  readonly title: string;
  /** Depth first: as a list, they are read in this order. */
  readonly boxes: readonly ChartBox[];
  readonly arrows: readonly ChartArrow[];
  /** There is more than a picture may hold. */
  readonly isCut: boolean;
}

/** Placing boxes takes time that grows with their square: so many of a chart, and of a picture, take some hundred milliseconds. */
const MAX_CHART_BOXES = 200;
const MAX_PICTURE_BOXES = 300;

/** Reads the charts out of a graph (spec cli 7.2). */
export function chartsOf(graph: Graph): Chart[] {
  return graph.roots.flatMap((root) => (graph.nodes[root] === undefined ? [] : [chartOf(graph, root)]));
}

/** The charts that one picture can hold, from the first on; one at least. */
export function drawable(charts: readonly Chart[]): readonly Chart[] {
  let boxes = 0;
  return charts.filter((chart, index) => (boxes += chart.boxes.length) <= MAX_PICTURE_BOXES || index === 0);
}

function chartOf({ nodes }: Graph, root: number): Chart {
  const boxes: ChartBox[] = [];
  const arrows: ChartArrow[] = [];
  const seen = new Set<number>();
  let isCut = false;
  /** @returns the boxes that a pipeline's events come out of */
  const addPipeline = (id: number, parent: number | null, level: number): number[] => {
    const node = nodes[id]!;
    const isMissing = MISSING.test(node.name);
    boxes.push(box(node, { id, kind: isMissing ? 'missing' : 'title', pipeline: id, parent, level }));
    if (isMissing) return [];
    let ends: readonly { readonly from: number; readonly kind: ChartArrow['kind'] }[] = [
      { from: id, kind: 'next' },
    ];
    for (const child of childrenOf(node)) {
      if (boxes.length >= MAX_CHART_BOXES) {
        isCut = true;
        break;
      }
      const filter = nodes[child]!;
      for (const { from, kind } of ends) arrows.push({ from, to: child, kind });
      boxes.push(box(filter, { id: child, kind: 'filter', pipeline: id, parent: id, level: level + 1 }));
      const targets = childrenOf(filter);
      const inner = targets.flatMap((target) => {
        arrows.push({ from: child, to: target, kind: 'branch' });
        return addPipeline(target, child, level + 2);
      });
      // A fork lets everything by; behind a link stands what comes out of its pipelines.
      ends =
        filter.t === 'fork' || inner.length === 0
          ? [{ from: child, kind: 'next' }]
          : inner.map((from) => ({ from, kind: 'back' }));
    }
    return ends.map(({ from }) => from);
  };
  /** Nobody promises that the numbers make a tree. */
  const childrenOf = (node: GraphNode): number[] =>
    (node.c ?? []).filter((id) => {
      if (seen.has(id) || nodes[id] === undefined) return false;
      seen.add(id);
      return true;
    });
  seen.add(root);
  addPipeline(root, null, 1);
  return { root, title: nodes[root]!.name, boxes, arrows, isCut };
}

const MISSING = /^(?:pipeline not found|recursive pipeline): /;

function box(
  node: GraphNode,
  rest: Pick<ChartBox, 'id' | 'kind' | 'pipeline' | 'parent' | 'level'>,
): ChartBox {
  return {
    ...rest,
    name: node.name,
    entry: node.kind ?? null,
    file: node.file ?? null,
    line: node.line ?? null,
    column: node.column ?? null,
    key: node.key ?? null,
  };
}

/** The box that an arrow key leads to; null where it leads nowhere. */
export function boxBeside(boxes: readonly ChartBox[], id: number, key: string): number | null {
  const at = boxes.findIndex((one) => one.id === id);
  const current = boxes[at];
  if (current === undefined) return boxes[0]?.id ?? null;
  switch (key) {
    case 'ArrowDown':
      return boxes[at + 1]?.id ?? null;
    case 'ArrowUp':
      return boxes[at - 1]?.id ?? null;
    case 'ArrowRight':
      return boxes.find(({ parent }) => parent === id)?.id ?? null;
    case 'ArrowLeft':
      return current.parent;
    case 'Home':
      return boxes[0]!.id;
    case 'End':
      return boxes.at(-1)!.id;
    default:
      return null;
  }
}

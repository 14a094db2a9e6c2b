import type { ModuleTarget, SourcePlace } from '../core/pipeline.ts';

/** A box of a chart (spec cli 7.2). */
export interface GraphNode {
  readonly name: string;
  /** `link` is any filter with targets except fork; `pipeline` a target, its filters its children. */
  readonly t: 'root' | 'filter' | 'link' | 'fork' | 'pipeline';
  /** The parent's number; left out for roots. */
  readonly p?: number;
  /** The children's numbers, in order; left out where there are none. */
  readonly c?: number[];
  /** What begins a root. */
  readonly kind?: 'listen' | 'task' | 'named';
  /** Where it stands in the script, from 1; left out where nobody knows. */
  readonly line?: number;
  readonly column?: number;
  readonly file?: string;
  /** What its counts are found by, of a running program: a filter's, or a pipeline's where the node is one. */
  readonly key?: string;
}

/** Charts of pipelines: nodes are numbered depth first (spec cli 7.2). */
export interface Graph {
  readonly roots: readonly number[];
  readonly nodes: readonly GraphNode[];
  /** There is more than a chart may hold. */
  readonly isCut?: true;
}

/** A filter as a chart sees it. */
export interface GraphedFilter {
  readonly name: string;
  readonly place: SourcePlace | null;
  readonly targets: readonly string[];
  readonly uses: ModuleTarget | null;
  readonly isMirror: boolean;
}

/** A pipeline as a chart sees it, whether it runs or was only read. */
export interface GraphedPipeline {
  readonly kind: 'listen' | 'task' | 'named';
  /** What it is called where it is a root. */
  readonly title: string;
  /** What others name it by; null where they cannot. */
  readonly name: string | null;
  readonly place: SourcePlace | null;
  readonly filters: readonly GraphedFilter[];
}

export interface GraphOptions {
  /** Whether places name their file. */
  readonly hasFiles?: boolean;
  /** The key of a pipeline's counts, or of those of one of its filters; null for none. */
  readonly keyOf?: (pipeline: GraphedPipeline, filter: number | null) => string | null;
}

/** A pipeline that several link to stands in the chart several times: beyond these it is cut. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 100;

type GrowingNode = { -readonly [key in keyof GraphNode]: GraphNode[key] };

/** The charts of the pipelines of one file: what listens and what the clock runs, then the named ones that nobody links to. */
export function graphOf(pipelines: readonly GraphedPipeline[], options: GraphOptions = {}): Graph {
  const nodes: GrowingNode[] = [];
  const byName = new Map<string, GraphedPipeline>();
  for (const pipeline of pipelines)
    if (pipeline.name !== null && !byName.has(pipeline.name)) byName.set(pipeline.name, pipeline);
  let isCut = false;
  const add = (node: GrowingNode, parent: number | null, place: SourcePlace | null): number => {
    const id = nodes.length;
    if (parent !== null) {
      node.p = parent;
      (nodes[parent]!.c ??= []).push(id);
    }
    if (place !== null) {
      node.line = place.line;
      node.column = place.column;
      if (options.hasFiles === true) node.file = place.file;
    }
    nodes.push(node);
    return id;
  };
  const withKey = (node: GrowingNode, pipeline: GraphedPipeline, filter: number | null): GrowingNode => {
    const key = options.keyOf?.(pipeline, filter) ?? null;
    if (key !== null) node.key = key;
    return node;
  };
  const addTarget = (name: string, parent: number, path: readonly GraphedPipeline[]): void => {
    const found = byName.get(name);
    if (found === undefined) add({ name: `pipeline not found: ${name}`, t: 'pipeline' }, parent, null);
    else if (path.includes(found)) add({ name: `recursive pipeline: ${name}`, t: 'pipeline' }, parent, null);
    else
      addFilters(found, add(withKey({ name, t: 'pipeline' }, found, null), parent, found.place), [
        ...path,
        found,
      ]);
  };
  const addFilters = (pipeline: GraphedPipeline, id: number, path: readonly GraphedPipeline[]): void => {
    for (const [index, filter] of pipeline.filters.entries()) {
      if (nodes.length >= MAX_NODES || path.length > MAX_DEPTH) {
        isCut = true;
        return;
      }
      const { name, place, targets, uses, isMirror } = filter;
      const node: GrowingNode = {
        name: uses === null ? name : `use ${uses.file} [${uses.pipeline}]`,
        t: isMirror ? 'fork' : targets.length > 0 ? 'link' : 'filter',
      };
      const own = add(withKey(node, pipeline, index), id, place);
      for (const target of targets) addTarget(target, own, path);
    }
  };
  const roots = rootsOf(pipelines).map((root) => {
    const id = add(withKey({ name: root.title, t: 'root', kind: root.kind }, root, null), null, root.place);
    addFilters(root, id, [root]);
    return id;
  });
  return { roots, nodes, ...(isCut ? { isCut } : {}) };
}

function rootsOf(pipelines: readonly GraphedPipeline[]): GraphedPipeline[] {
  const linked = new Set(pipelines.flatMap(({ filters }) => filters.flatMap(({ targets }) => targets)));
  const byTitle = (left: GraphedPipeline, right: GraphedPipeline): number =>
    left.title < right.title ? -1 : left.title > right.title ? 1 : 0;
  return [
    ...pipelines.filter(({ kind }) => kind !== 'named').toSorted(byTitle),
    ...pipelines
      .filter(({ kind, name }) => kind === 'named' && (name === null || !linked.has(name)))
      .toSorted(byTitle),
  ];
}

import type { Graph, GraphNode } from '../../src/script/graph.ts';

/** A pipeline: its name, and its filters, each with the pipelines that it sends to. */
export type Outline = readonly [name: string, ...filters: readonly FilterOutline[]];
export type FilterOutline = string | { readonly name: string; readonly to: readonly Outline[] };

/** The graph of these pipelines, its nodes numbered depth first, as the gateway does. */
export function graphOf(...roots: Outline[]): Graph {
  const nodes: GraphNode[] = [];
  const add = (node: Omit<GraphNode, 'c'>): { id: number; c: number[] } => {
    const c: number[] = [];
    nodes.push({ ...node, c });
    return { id: nodes.length - 1, c };
  };
  const addPipeline = ([name, ...filters]: Outline, p: number | undefined): number => {
    const { id, c } = add({ name, t: p === undefined ? 'root' : 'pipeline', p });
    for (const filter of filters) {
      const { name: own, to } = typeof filter === 'string' ? { name: filter, to: [] } : filter;
      const node = add({
        name: own,
        t: own === 'fork' ? 'fork' : to.length > 0 ? 'link' : 'filter',
        p: id,
        line: nodes.length + 1,
      });
      c.push(node.id);
      for (const target of to) node.c.push(addPipeline(target, node.id));
    }
    return id;
  };
  return { roots: roots.map((root) => addPipeline(root, undefined)), nodes };
}

import type { DeclaredPipeline } from './configuration.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphedPipelines } from './program-graph.ts';
import type { Program } from './program.ts';

/** The pipelines of a program with their filters as lines of text, file by file (spec cli 4). */
export function programTree(program: Program): string[] {
  return program.modules.flatMap((module) => {
    const title = `Module ${module.file}`;
    const graph = graphOf(graphedPipelines(module, titleOf));
    return [
      '',
      title,
      '='.repeat(title.length),
      '',
      ...graph.roots.flatMap((root) => [...linesOf(graph, root), '']),
    ];
  });
}

/** A pipeline: its title, its filters, and below each the pipelines that it sends to. */
function linesOf(graph: Graph, id: number): string[] {
  const { name, c: filters = [] } = graph.nodes[id]!;
  return [
    `[${name}]`,
    ...filters.flatMap((filter) => {
      const { name: shown, c: targets = [] } = graph.nodes[filter]!;
      const inner = targets.flatMap((target) =>
        linesOf(graph, target).map((line, index) => `    ${index === 0 ? '|--> ' : '     '}${line}`),
      );
      return [`  ${shown}`, ...inner];
    }),
  ];
}

function titleOf({ kind, name, intervalText }: DeclaredPipeline): string {
  if (kind === 'listen') return `Listen on ${name}`;
  return kind === 'task' ? `${name} (every ${intervalText})` : name;
}

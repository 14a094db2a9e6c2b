import type { DeclaredPipeline } from './configuration.ts';
import { type Graph, type GraphedPipeline, graphOf } from './graph.ts';
import type { Module } from './module.ts';
import type { Program } from './program.ts';

/** The charts of a loaded program, by the file of each (spec cli 7.2, `/api/config`). */
export function programGraphs(program: Program): Record<string, Graph> {
  const graphs = Object.create(null) as Record<string, Graph>;
  for (const module of program.modules) {
    const pipelines = graphedPipelines(module, ({ name }) => name);
    graphs[module.file] = graphOf(pipelines, {
      hasFiles: true,
      keyOf: (pipeline, filter) => countsKey(module.file, pipelines.indexOf(pipeline), filter),
    });
  }
  return graphs;
}

/** What the counts of a pipeline, or of one of its filters, are found by: the same in all threads and as long as the program runs. */
export function countsKey(file: string, pipeline: number, filter: number | null): string {
  return filter === null ? `${file}#${pipeline}` : `${file}#${pipeline}.${filter}`;
}

/** The pipelines of a file for a chart. */
export function graphedPipelines(
  module: Module,
  title: (pipeline: DeclaredPipeline) => string,
): GraphedPipeline[] {
  return module.pipelines.map((pipeline) => ({
    kind: pipeline.kind,
    title: title(pipeline),
    name: pipeline.kind === 'named' ? pipeline.name : null,
    place: pipeline.place,
    filters: pipeline.filters,
  }));
}

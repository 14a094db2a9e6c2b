import type { DeclaredPipeline } from './configuration.ts';
import type { Module } from './module.ts';
import type { Program } from './program.ts';

/** The pipelines of a program with their filters as lines of text, file by file (spec cli 4). */
export function programTree(program: Program): string[] {
  return program.modules.flatMap((module) => {
    const title = `Module ${module.file}`;
    return [
      '',
      title,
      '='.repeat(title.length),
      '',
      ...roots(module).flatMap((root) => [...tree(module, root), '']),
    ];
  });
}

/** Listening ports and tasks, then the pipelines that no filter of the file links to. */
function roots(module: Module): DeclaredPipeline[] {
  const linked = new Set(
    module.pipelines.flatMap(({ filters }) => filters.flatMap(({ targets }) => targets)),
  );
  const entries = module.pipelines.filter(({ kind }) => kind !== 'named');
  const rest = module.pipelines.filter(({ kind, name }) => kind === 'named' && !linked.has(name));
  const byTitle = (left: DeclaredPipeline, right: DeclaredPipeline): number =>
    titleOf(left) < titleOf(right) ? -1 : 1;
  return [...entries.toSorted(byTitle), ...rest.toSorted(byTitle)];
}

function tree(module: Module, pipeline: DeclaredPipeline): string[] {
  const inner = (name: string): string[] => {
    const found = module.pipelines.find((one) => one.kind === 'named' && one.name === name);
    return found === undefined ? [`[pipeline not found: ${name}]`] : tree(module, found);
  };
  return [
    `[${titleOf(pipeline)}]`,
    ...pipeline.filters.flatMap(({ name, targets, uses }) => {
      const shown = uses === null ? name : `use ${uses.file} [${uses.pipeline}]`;
      return [
        `  ${shown}`,
        ...targets.flatMap(inner).map((line, index) => `    ${index === 0 ? '|--> ' : '     '}${line}`),
      ];
    }),
  ];
}

function titleOf({ kind, name, intervalText }: DeclaredPipeline): string {
  if (kind === 'listen') return `Listen on ${name}`;
  return kind === 'task' ? `${name} (every ${intervalText})` : name;
}

import type { DeclaredPipeline } from './configuration.ts';
import type { Module } from './module.ts';
import { suggestion } from './suggestion.ts';

/**
 * Whether every pipeline that a filter names exists, in its file or, for `use`, in the other one, and none reaches itself (spec
 * language 8). Fails the load. @param isCompat the original does not look through `use`
 */
export function checkTargets(
  modules: readonly Module[],
  moduleOf: (file: string) => Module | undefined,
  isCompat: boolean,
): void {
  const find = (module: Module, name: string): DeclaredPipeline | undefined =>
    module.pipelines.find((pipeline) => pipeline.kind === 'named' && pipeline.name === name);
  const visit = (module: Module, pipeline: DeclaredPipeline, path: readonly DeclaredPipeline[]): void => {
    for (const filter of pipeline.filters) {
      const go = (there: Module, name: string, shown: string): void => {
        const found = find(there, name);
        if (found === undefined) {
          module.fail(`pipeline not found: ${shown}${suggestion(name, there.pipelineNames)}`, filter.place);
        } else if (path.includes(found)) module.fail(`recursive pipeline: ${shown}`, filter.place);
        else visit(there, found, [...path, found]);
      };
      // Only names are checked there: the original does not look through use, and not for its target.
      for (const target of filter.targets) go(module, target, target);
      if (filter.uses === null || isCompat) continue;
      const { file, pipeline: name } = filter.uses;
      go(moduleOf(file)!, name, `${name} in ${file}`);
    }
  };
  for (const module of modules)
    for (const pipeline of module.pipelines)
      visit(module, pipeline, pipeline.kind === 'named' ? [pipeline] : []);
}

/** Two pipelines cannot listen on one port (spec language 4.1). Fails the load with both places. */
export function checkPorts(modules: readonly Module[]): void {
  const seen: { module: Module; pipeline: DeclaredPipeline }[] = [];
  for (const module of modules)
    for (const pipeline of module.pipelines) {
      const { listen } = pipeline;
      if (listen === undefined || listen.port === 0) continue;
      const clash = seen.find(({ pipeline: other }) => {
        const { address, port } = other.listen!;
        const isSameAddress = address === listen.address || [address, listen.address].some(isAny);
        return port === listen.port && isSameAddress;
      });
      if (clash !== undefined) {
        const { place } = clash.pipeline;
        const where = place === null ? '' : `, also at ${place.file}:${place.line}:${place.column}`;
        module.fail(`port ${listen.port} is listened on twice${where}`, pipeline.place);
      }
      seen.push({ module, pipeline });
    }
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

import type { FilterDefinition, ModuleTarget, PipelineLayout, SourcePlace, Stage } from './pipeline.ts';
import type { Ports } from './ports.ts';

/** A parameter of a filter, as the help, the reference and the argument checks see it. */
export interface FilterParameter {
  readonly name: string;
  /** `|`-separated: string number boolean object array function Data event Message any; `pipeline` is a string that names one. */
  readonly type: string;
  readonly isOptional?: boolean;
  /** Takes all remaining arguments. */
  readonly isRest?: boolean;
  /** The type in TypeScript, for editors, where `type` does not say enough: `(data: Data) => any`. */
  readonly signature?: string;
  readonly meaning: string;
  /** Members of an options object: type, default and meaning. */
  readonly options?: readonly FilterOption[];
}

export interface FilterOption {
  readonly name: string;
  readonly type: string;
  readonly defaultValue: string;
  readonly meaning: string;
}

/** Where a filter stands: what its factory may use of the program around it. */
export interface FilterSite {
  readonly place: SourcePlace | null;
  readonly ports: Ports;
  /** The index of the module that the filter is written in, for its record in a context. */
  readonly moduleIndex: number;
  /** The pipeline of this file by name; call it when sessions run, not while loading. */
  pipeline(name: string): PipelineLayout;
  /** Another file of the program; loads it if nobody has. Fails the load where it cannot be loaded. */
  useModule(file: string): UsedModule;
  /** Runs `fn` when the program is replaced or stopped; sessions of it may still live. */
  onRelease(fn: () => void): void;
  /** Fails the load, with the place of this filter. */
  reject(message: string): never;
  /** True under `--compat`: the original's behaviour where ours differs for safety. */
  readonly isCompat: boolean;
}

/** A file of the program as `use` sees it. */
export interface UsedModule {
  readonly index: number;
  /** A named pipeline of it; call it when sessions run, not while loading. */
  pipeline(name: string): PipelineLayout;
}

/** Everything about one filter, in one file (design 4). */
export interface FilterDeclaration {
  readonly name: string;
  /** `spec` for the 34 of the original, `tapline` for ours. */
  readonly origin: 'spec' | 'tapline';
  readonly summary: string;
  readonly parameters: readonly FilterParameter[];
  /** A script each, loaded by a test. */
  readonly examples: readonly string[];
  /** Names among the arguments that are pipelines, for graphs and load checks; default none. */
  targets?(args: readonly unknown[]): readonly string[];
  /** The pipeline of another file that it sends to, for the same. */
  uses?(args: readonly unknown[]): ModuleTarget;
  /** Checks the arguments at load and returns the maker of a session's stage; null where the filter would do nothing: it is left out then. */
  prepare(args: readonly unknown[], site: FilterSite): (() => Stage) | null;
}

/** Binds a declaration to its arguments at a place of a script; null where it would do nothing. */
export function defineFilter(
  declaration: FilterDeclaration,
  args: readonly unknown[],
  site: FilterSite,
): FilterDefinition | null {
  const createStage = declaration.prepare(args, site);
  if (createStage === null) return null;
  return {
    name: declaration.name,
    place: site.place,
    targets: declaration.targets?.(args) ?? [],
    uses: declaration.uses?.(args) ?? null,
    isMirror: declaration.name === 'fork',
    counts: { events: 0, errors: 0, lastError: null },
    createStage,
  };
}

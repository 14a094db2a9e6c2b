/** A node of a graph (spec cli 7.2), with its place in the source. */
export interface GraphNode {
  readonly name: string;
  readonly t: 'root' | 'filter' | 'link' | 'fork' | 'pipeline';
  readonly p?: number;
  readonly c?: readonly number[];
  readonly kind?: 'listen' | 'task' | 'named';
  readonly line?: number;
  readonly column?: number;
  readonly file?: string;
  readonly key?: string;
}

export interface Graph {
  readonly roots: readonly number[];
  readonly nodes: readonly GraphNode[];
  readonly isCut?: true;
}

/** Where a script is wrong or doubtful; line and column from 1. */
export interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
}

export interface FilterActivity {
  readonly key: string;
  readonly events: number;
  readonly errors: number;
  readonly lastError: FilterError | null;
}

export interface FilterError {
  /** It may quote what passed: hostile until shown. */
  readonly message: string;
  readonly atMs: number;
  /** Null where only the filter's own place is known. */
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | null;
}

export interface PipelineActivity {
  readonly key: string;
  readonly made: number;
  readonly active: number;
  readonly filters: readonly FilterActivity[];
}

/** A reading of what the running program has done since it was started. */
export interface ProgramActivity {
  /** Another one: another program was started, and counts begin anew. */
  readonly generation: number;
  /** When it was taken, by the gateway's clock. */
  readonly atMs: number;
  readonly pipelines: readonly PipelineActivity[];
}

/** A parameter of a filter. */
export interface LanguageParameter {
  readonly name: string;
  /** `|`-separated; `pipeline` is a string that names one. */
  readonly type: string;
  readonly isOptional?: boolean;
  readonly meaning: string;
  readonly options?: readonly {
    readonly name: string;
    readonly type: string;
    readonly defaultValue: string;
    readonly meaning: string;
  }[];
}

export interface LanguageMethod {
  readonly name: string;
  readonly signature: string;
  readonly summary: string;
  readonly parameters: readonly LanguageParameter[];
}

export interface LanguageMember {
  readonly name: string;
  readonly kind: 'property' | 'method' | 'class';
  readonly signature: string;
  readonly summary: string;
}

export interface LanguageObject {
  readonly name: string;
  readonly kind: 'object' | 'class' | 'function';
  readonly signature: string;
  readonly summary: string;
  readonly members: readonly LanguageMember[];
}

/** What scripts are written in (`/api/language`). */
export interface Language {
  /** Methods that begin a pipeline. */
  readonly beginnings: readonly LanguageMethod[];
  readonly filters: readonly LanguageMethod[];
  readonly objects: readonly LanguageObject[];
  /** Names of JavaScript. */
  readonly standard: readonly string[];
  /** Names that the engine binds. */
  readonly builtIns: readonly { readonly name: string; readonly summary: string }[];
}

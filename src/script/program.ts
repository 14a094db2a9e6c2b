import * as vm from 'node:vm';
import { Context, type Cursor, type Inbound, type VariableRecord } from '../core/context.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import type { FilterDefinition, PipelineLayout, ProgramHooks, SourcePlace } from '../core/pipeline.ts';
import type { Ports } from '../core/ports.ts';
import { Configuration, type ConfigurationHost, type DeclaredPipeline } from './configuration.ts';
import { assign, count } from './counting.ts';
import type { GlobalHost } from './globals/declaration.ts';
import type { ProgramFiles } from './program-files.ts';
import { scriptGlobals } from './script-globals.ts';
import { ScriptError } from './script-error.ts';
import { suggestion } from './suggestion.ts';
import { type Transformed, transform } from './transform.ts';

export interface LoadOptions {
  /** Path of the root script inside the program root: `/main.js`. */
  readonly entry: string;
  readonly files: ProgramFiles;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly isCompat?: boolean;
  readonly catalogue: readonly FilterDeclaration[];
  readonly ports: Ports;
  /** Further globals, such as `audit`. */
  readonly globals: Record<string, unknown>;
}

export interface ListenDeclaration {
  readonly address: string;
  readonly port: number;
  readonly options: object;
  readonly layout: PipelineLayout;
  readonly place: SourcePlace | null;
}

export interface TaskDeclaration {
  readonly intervalMs: number;
  readonly layout: PipelineLayout;
  readonly place: SourcePlace | null;
}

/** Prefix of file names in stack traces, to tell a script's frames from ours. */
const STACK_PREFIX = 'script:';

/** Loads a script; opens no socket (spec language 1.1). Throws ScriptError. */
export function loadProgram(options: LoadOptions): Program {
  return new Program(options);
}

/** A loaded script: its pipelines, and the contexts that they run in. */
export class Program implements ProgramHooks {
  readonly listens: readonly ListenDeclaration[];
  readonly tasks: readonly TaskDeclaration[];
  readonly #named = new Map<string, PipelineLayout>();
  readonly #cursor: Cursor;
  readonly #record: new () => VariableRecord;
  readonly #options: LoadOptions;
  readonly #source: string;
  #code: Transformed | null = null;
  readonly #onRelease: (() => void)[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#source = this.#read();
    const globals = scriptGlobals(this.#globalHost(), options.globals);
    this.#cursor = { context: new Context([loadingRecord()], null) };
    const configuration = this.#evaluate(globals);
    this.#record = this.#recordClass(configuration.variables, globals);
    const layouts = new Map(configuration.pipelines.map((pipeline) => [pipeline, this.#layout(pipeline)]));
    for (const [pipeline, layout] of layouts)
      if (pipeline.kind === 'named') this.#named.set(pipeline.name, layout);
    this.#checkTargets(configuration.pipelines);
    const of = (kind: DeclaredPipeline['kind']): [DeclaredPipeline, PipelineLayout][] =>
      [...layouts].filter(([pipeline]) => pipeline.kind === kind);
    this.listens = of('listen').map(([{ listen, place }, layout]) => ({ ...listen!, layout, place }));
    this.tasks = of('task').map(([{ intervalMs, place }, layout]) => ({
      intervalMs: intervalMs!,
      layout,
      place,
    }));
  }

  /** A context with initial values (spec language 3.3). */
  createContext(inbound: Inbound | null): Context {
    return new Context([new this.#record()], inbound);
  }

  invoke<T>(context: Context, fn: (...args: never[]) => T, args: readonly unknown[]): T {
    const cursor = this.#cursor;
    const before = cursor.context;
    cursor.context = context;
    try {
      return (fn as (...args: unknown[]) => T)(...args);
    } finally {
      cursor.context = before;
    }
  }

  reportError(error: unknown, pipeline: string, filter: FilterDefinition | null): void {
    const place = this.#placeOf(error) ?? filter?.place ?? null;
    const message = error instanceof Error ? error.message : String(error);
    const where = `in ${filter?.name ?? 'a filter'} of pipeline ${pipeline}`;
    const told =
      place === null
        ? `${message} (${where})`
        : new ScriptError(
            `${message} (${where})`,
            place.file,
            place.line,
            place.column,
            this.#source,
          ).format();
    for (const line of told.split('\n')) this.#options.ports.log.write('error', `[pjs] ${line}`);
  }

  /** Lets shared things go; sessions that still run keep what they use. */
  release(): void {
    this.#named.clear();
    for (const fn of this.#onRelease.splice(0)) fn();
  }

  #globalHost(): GlobalHost {
    const { ports, files, env, isCompat } = this.#options;
    return {
      ports,
      files,
      env: env ?? {},
      isCompat: isCompat ?? false,
      onRelease: (fn) => void this.#onRelease.push(fn),
    };
  }

  #read(): string {
    const { entry, files } = this.#options;
    const bytes = files.readInside(entry);
    if (bytes === null) throw new ScriptError('cannot open script', entry, 0, 0, '');
    return bytes.toString('utf8');
  }

  #evaluate(globals: Record<string, unknown>): Configuration {
    const { entry } = this.#options;
    const names = Object.keys(globals).filter((name) => name !== 'undefined');
    const code = transform(this.#source, entry, 0, new Set([...names, 'undefined', 'pipy']));
    this.#code = code;
    const host = this.#host();
    const pipy = (prototype?: unknown): Configuration => {
      if (prototype !== undefined && prototype !== null && typeof prototype !== 'object')
        host.fail('argument #1 expects an object', host.callPlace());
      const variables = { ...(prototype as object | null | undefined) } as Record<string, unknown>;
      return guarded(new Configuration(variables, host), host);
    };
    let value: unknown;
    try {
      const run = vm.compileFunction(
        `"use strict"; return (\n${code.code}\n)`,
        ['$cursor', '$count', '$assign', 'pipy', ...names],
        { filename: `${STACK_PREFIX}${entry}`, lineOffset: -1 },
      ) as (...args: unknown[]) => unknown;
      value = run(this.#cursor, count, assign, pipy, ...names.map((name) => globals[name]));
    } catch (error) {
      if (error instanceof ScriptError) throw error;
      const place = this.#placeOf(error) ?? { file: entry, line: 1, column: 1 };
      throw new ScriptError((error as Error).message, entry, place.line, place.column, this.#source);
    }
    if (!(value instanceof Configuration))
      throw new ScriptError(
        `the script's value is ${String(value)}, expected a configuration: what pipy() returns`,
        entry,
        1,
        1,
        this.#source,
      );
    return value;
  }

  #host(): ConfigurationHost {
    const { catalogue, ports } = this.#options;
    const fail = (message: string, place: SourcePlace | null): never => {
      throw new ScriptError(message, this.#options.entry, place?.line ?? 1, place?.column ?? 1, this.#source);
    };
    return {
      catalogue,
      callPlace: () => this.#placeOf(new Error()),
      fail,
      site: (place) => ({
        place,
        ports,
        moduleIndex: 0,
        pipeline: (name) => {
          const layout = this.#named.get(name);
          if (layout === undefined) throw new Error(`pipeline not found: ${name}`);
          return layout;
        },
        reject: (message) => fail(message, place),
      }),
    };
  }

  #layout(pipeline: DeclaredPipeline): PipelineLayout {
    return { kind: pipeline.kind, name: pipeline.name, filters: pipeline.filters, program: this };
  }

  /** A class whose instances hold the variables, so that all contexts share one hidden class. */
  #recordClass(
    variables: Record<string, unknown>,
    globals: Record<string, unknown>,
  ): new () => VariableRecord {
    const { entry } = this.#options;
    const names = Object.keys(variables);
    for (const name of names) {
      const isTaken =
        name in globals || name === 'pipy' || ['__filename', '__argv', '__inbound'].includes(name);
      if (isTaken)
        throw new ScriptError(`variable ${name} has the name of a built-in`, entry, 1, 1, this.#source);
      if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
        throw new ScriptError(`${JSON.stringify(name)} is no variable name`, entry, 1, 1, this.#source);
    }
    const fields = names.map((name, index) => `${name} = initial[${index}];`).join(' ');
    const make = vm.compileFunction(`return class Variables { ${fields} }`, ['initial']) as (
      initial: unknown[],
    ) => new () => VariableRecord;
    const record = make(Object.values(variables));
    for (const name of this.#code!.names) {
      if (name in variables) continue;
      const unresolved = (): never => {
        throw new ReferenceError(
          `unresolved identifier: ${name}${suggestion(name, [...names, ...Object.keys(globals)])}`,
        );
      };
      Object.defineProperty(record.prototype, name, { get: unresolved, set: unresolved });
    }
    return record;
  }

  #checkTargets(pipelines: readonly DeclaredPipeline[]): void {
    const { entry } = this.#options;
    const fail = (message: string, place: SourcePlace | null): never => {
      throw new ScriptError(message, entry, place?.line ?? 1, place?.column ?? 1, this.#source);
    };
    const byName = new Map(pipelines.filter(({ kind }) => kind === 'named').map((one) => [one.name, one]));
    const visit = (pipeline: DeclaredPipeline, path: readonly string[]): void => {
      for (const filter of pipeline.filters)
        for (const target of filter.targets) {
          const found = byName.get(target);
          if (found === undefined)
            fail(`pipeline not found: ${target}${suggestion(target, [...byName.keys()])}`, filter.place);
          if (path.includes(target)) fail(`recursive pipeline: ${target}`, filter.place);
          visit(found!, [...path, target]);
        }
    };
    for (const pipeline of pipelines) visit(pipeline, pipeline.kind === 'named' ? [pipeline.name] : []);
  }

  /** The innermost place of the script in an error's stack. */
  #placeOf(error: unknown): SourcePlace | null {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const at = stack.indexOf(STACK_PREFIX);
    if (at < 0 || this.#code === null) return null;
    const parts = /^(.*?):(\d+):(\d+)/.exec(stack.slice(at + STACK_PREFIX.length));
    if (parts === null) return null;
    return { file: parts[1]!, ...this.#code.locate(Number(parts[2]), Number(parts[3])) };
  }
}

/** While a script loads its variables do not exist yet: every read and write is an error. */
function loadingRecord(): VariableRecord {
  const unresolved = (_target: object, name: string | symbol): never => {
    throw new ReferenceError(
      `unresolved identifier: ${String(name)} (variables have no value while the script loads)`,
    );
  };
  return new Proxy({}, { get: unresolved, set: unresolved });
}

/** Unknown methods of a configuration are errors with a suggestion, instead of `not a function`. */
function guarded(configuration: Configuration, host: ConfigurationHost): Configuration {
  const names = ['listen', 'task', 'pipeline', ...host.catalogue.map(({ name }) => name)];
  return Object.setPrototypeOf(
    configuration,
    new Proxy(Object.create(Configuration.prototype) as object, {
      get(target, name, receiver) {
        if (typeof name !== 'string' || name in target) return Reflect.get(target, name, receiver) as unknown;
        return () => host.fail(`unknown filter: ${name}${suggestion(name, names)}`, host.callPlace());
      },
    }),
  ) as Configuration;
}

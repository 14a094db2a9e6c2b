import * as path from 'node:path';
import { Context, type Cursor, type Inbound, type VariableRecord } from '../core/context.ts';
import type { FilterDeclaration, FilterSite, UsedModule } from '../core/filter.ts';
import { DEFAULT_MESSAGE_BYTES } from '../core/message-collector.ts';
import {
  countError,
  type FilterDefinition,
  messageOf,
  type PipelineLayout,
  type ProgramHooks,
  type SourcePlace,
} from '../core/pipeline.ts';
import type { Ports } from '../core/ports.ts';
import { checkPorts, checkTargets } from './checks.ts';
import { Configuration, type ConfigurationHost, type DeclaredPipeline } from './configuration.ts';
import type { GlobalHost } from './globals/declaration.ts';
import { guarded } from './guarded.ts';
import { Module, scriptFileOf } from './module.ts';
import { escapes, type ProgramFiles } from './program-files.ts';
import { ScriptError } from './script-error.ts';
import { scriptGlobals } from './script-globals.ts';
import { suggestion } from './suggestion.ts';

export interface LoadOptions {
  /** Path of the root script inside the program root: `/main.js`. */
  readonly entry: string;
  readonly files: ProgramFiles;
  /** Environment variables that scripts may read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly catalogue: readonly FilterDeclaration[];
  readonly ports: Ports;
  /** Further globals, such as `audit`. */
  readonly globals: Record<string, unknown>;
  readonly isCompat?: boolean;
  /** Bytes of a message, or of a buffer, that a filter may hold. */
  readonly maxMessageBytes?: number;
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

/** Loads a script and the files that it uses; opens no socket (spec language 1.1). Throws ScriptError. */
export function loadProgram(options: LoadOptions): Program {
  return new Program(options);
}

/** A loaded program: its files, their pipelines, and the contexts that they run in. */
export class Program implements ProgramHooks {
  readonly listens: readonly ListenDeclaration[];
  readonly tasks: readonly TaskDeclaration[];
  /** What is doubtful in the scripts and does not keep them from running: unknown options and names. */
  readonly warnings: ScriptError[] = [];
  readonly #options: LoadOptions;
  readonly #globals: Record<string, unknown>;
  readonly #modules: Module[] = [];
  readonly #byFile = new Map<string, Module>();
  readonly #cursor: Cursor = { context: loadingContext() };
  readonly #onRelease: (() => void)[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#globals = scriptGlobals(this.#globalHost(), options.globals);
    this.#load(options.entry);
    for (const module of this.#modules)
      for (const pipeline of module.pipelines) module.addLayout(pipeline, this.#layout(pipeline));
    checkTargets(this.#modules, (file) => this.#moduleOf(file), options.isCompat === true);
    if (!this.isCompat) checkPorts(this.#modules);
    const layouts = this.#modules.flatMap((module) => [...module.layouts]);
    const of = (kind: DeclaredPipeline['kind']): [DeclaredPipeline, PipelineLayout][] =>
      layouts.filter(([pipeline]) => pipeline.kind === kind);
    const listens = of('listen').map(([{ listen, place }, layout]) => ({ ...listen!, layout, place }));
    // Without the check the last of several on one port wins, as in the original.
    this.listens = listens.filter(
      ({ address, port }, index) =>
        port === 0 ||
        listens.findLastIndex((other) => other.port === port && other.address === address) === index,
    );
    this.tasks = of('task').map(([{ intervalMs, place }, layout]) => ({
      intervalMs: intervalMs!,
      layout,
      place,
    }));
    for (const module of this.#modules)
      for (const { message, place } of [...module.unresolvedNames(), ...module.unknownMembers(this.#globals)])
        this.warnings.push(new ScriptError(message, place.file, place.line, place.column, module.source));
  }

  get modules(): readonly Module[] {
    return this.#modules;
  }

  /** Whether any of its files names a global. */
  usesGlobal(name: string): boolean {
    return this.#modules.some((module) => module.usesGlobal(name));
  }

  /** Whether any of its files names this member of a global. */
  usesMember(object: string, member: string): boolean {
    return this.#modules.some((module) => module.usesMember(object, member));
  }

  /** A context with initial values for every file (spec language 3.3). */
  createContext(inbound: Inbound | null): Context {
    return new Context(
      this.#modules.map((module) => module.newRecord()),
      inbound,
    );
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

  get isCompat(): boolean {
    return this.#options.isCompat === true;
  }

  get maxMessageBytes(): number {
    return this.isCompat ? Infinity : (this.#options.maxMessageBytes ?? DEFAULT_MESSAGE_BYTES);
  }

  reportStranger(error: unknown, _pipeline: string, filter: FilterDefinition | null): void {
    if (filter !== null) this.#count(filter, messageOf(error), filter.place);
    const place = filter?.place;
    const where = place ? ` (${place.file}:${place.line}:${place.column})` : '';
    this.#options.ports.log.write('error', `[filter] ${(error as Error).message}${where}`);
  }

  reportError(error: unknown, pipeline: string, filter: FilterDefinition | null): void {
    const place = this.#placeOf(error) ?? filter?.place ?? null;
    const message = messageOf(error);
    if (filter !== null) this.#count(filter, message, place);
    const where = `in ${filter?.name ?? 'a filter'} of pipeline ${pipeline}`;
    const source = place === null ? '' : (this.#byFile.get(place.file)?.source ?? '');
    const told =
      place === null
        ? `${message} (${where})`
        : new ScriptError(`${message} (${where})`, place.file, place.line, place.column, source).format();
    for (const line of told.split('\n')) this.#options.ports.log.write('error', `[pjs] ${line}`);
  }

  #count({ counts }: FilterDefinition, message: string, place: SourcePlace | null): void {
    countError(counts, message, this.#options.ports.clock.wallMs(), place);
  }

  /** The program is replaced or stopped: timers end and idle shared sessions go; sessions that still run keep what they use. */
  release(): void {
    for (const fn of this.#onRelease.splice(0)) fn();
  }

  #globalHost(): GlobalHost {
    const { ports, files, env, isCompat } = this.#options;
    return {
      ports,
      files,
      env: env ?? {},
      isCompat: isCompat ?? false,
      sessions: {
        context: () => this.#cursor.context,
        pipeline: (file, name) => this.#registered(file, name),
      },
      onRelease: (fn) => void this.#onRelease.push(fn),
    };
  }

  /** Loads a file once; a file that is still loading is given as it is, so that files may use each other. */
  #load(wanted: string): Module {
    const file = wanted.startsWith('/') ? wanted : `/${wanted}`;
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const bytes = this.#options.files.readInside(file);
    if (bytes === null) throw new ScriptError(`cannot open script`, file, 0, 0, '');
    const names = Object.keys(this.#globals);
    const module = new Module(this.#modules.length, file, bytes.toString('utf8'), names, this.isCompat);
    this.#modules.push(module);
    this.#byFile.set(file, module);
    const host = this.#configurationHost(module);
    module.evaluate(this.#cursor, this.#globals, (prototype) => {
      if (prototype !== undefined && prototype !== null && typeof prototype !== 'object')
        host.fail('argument #1 expects an object', host.callPlace());
      const variables = { ...(prototype as object | null | undefined) } as Record<string, unknown>;
      return guarded(new Configuration(variables, host), host);
    });
    return module;
  }

  /** The loaded module that `use` names, as written there. */
  #moduleOf(file: string): Module | undefined {
    return this.#byFile.get(normalised(file));
  }

  #use(file: string, module: Module, place: SourcePlace | null): UsedModule {
    if (escapes(file)) module.fail(`${file} is outside the program's folder`, place);
    const normal = normalised(file);
    if (!this.#byFile.has(normal) && this.#options.files.inside(normal) === null)
      module.fail(`cannot load module: ${file}`, place);
    const used = this.#load(normal);
    return {
      index: used.index,
      pipeline: (name) => used.named(name) ?? notFound(name),
    };
  }

  #configurationHost(module: Module): ConfigurationHost {
    const { catalogue } = this.#options;
    return {
      catalogue,
      isCompat: this.#options.isCompat === true,
      callPlace: () => module.placeOf(new Error()),
      fail: (message, place) => module.fail(message, place),
      warn: (message, place) =>
        void this.warnings.push(
          new ScriptError(message, module.file, place?.line ?? 1, place?.column ?? 1, module.source),
        ),
      site: (place) => this.#site(module, place),
    };
  }

  #site(module: Module, place: SourcePlace | null): FilterSite {
    return {
      place,
      ports: this.#options.ports,
      moduleIndex: module.index,
      isCompat: this.#options.isCompat === true,
      pipeline: (name) => module.named(name) ?? notFound(name),
      useModule: (file) => this.#use(file, module, place),
      onRelease: (fn) => void this.#onRelease.push(fn),
      reject: (message) => module.fail(message, place),
    };
  }

  #layout(pipeline: DeclaredPipeline): PipelineLayout {
    const { kind, name, filters } = pipeline;
    return { kind, name, filters, program: this, sessions: { made: 0, active: 0 } };
  }

  /** The pipeline of `new Session(file, name)`; throws where there is none. */
  #registered(file: string, name: string): PipelineLayout {
    const module = this.#byFile.get(file);
    if (module === undefined)
      throw new Error(`module not found: ${file}${suggestion(file, [...this.#byFile.keys()])}`);
    return module.named(name) ?? notFound(name);
  }

  #placeOf(error: unknown): SourcePlace | null {
    const file = scriptFileOf(error);
    return file === null ? null : (this.#byFile.get(file)?.placeOf(error) ?? null);
  }
}

/** `lib/../a.js` and `/a.js` are one file. */
function normalised(file: string): string {
  return path.posix.normalize(`/${file}`);
}

function notFound(name: string): never {
  throw new Error(`pipeline not found: ${name}`);
}

/** While scripts load their variables do not exist yet: every read and write is an error. */
function loadingContext(): Context {
  const unresolved = (_target: object, name: string | symbol): never => {
    throw new ReferenceError(
      `unresolved identifier: ${String(name)} (variables have no value while the script loads)`,
    );
  };
  const record = new Proxy({}, { get: unresolved, set: unresolved }) as VariableRecord;
  return new Context(new Proxy<VariableRecord[]>([], { get: () => record }), null);
}

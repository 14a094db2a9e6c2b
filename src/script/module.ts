import * as vm from 'node:vm';
import { COPY, type Cursor, type VariableRecord } from '../core/context.ts';
import { messageOf, type PipelineLayout, type SourcePlace } from '../core/pipeline.ts';
import { Configuration, type DeclaredPipeline } from './configuration.ts';
import { assign, count } from './counting.ts';
import { ScriptError } from './script-error.ts';
import { suggestion } from './suggestion.ts';
import { type Transformed, transform } from './transform.ts';

/** Prefix of file names in stack traces, to tell a script's frames from ours. */
const STACK_PREFIX = 'script:';

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const RESERVED = new Set(['pipy', '__filename', '__argv', '__inbound']);

/** Whether the engine itself binds a name, so that no script may declare it (spec language 3.5). */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** Whether a function can name it. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** One file of a program: its text, its variables and its pipelines (spec language 1.1). */
export class Module {
  /** Its place in every context's list of records. */
  readonly index: number;
  /** Path inside the program root, with a leading slash. */
  readonly file: string;
  readonly source: string;
  /** Its pipelines in the order of their declaration. */
  readonly layouts = new Map<DeclaredPipeline, PipelineLayout>();
  readonly #named = new Map<string, PipelineLayout>();
  readonly #globalNames: readonly string[];
  readonly #isCompat: boolean;
  readonly #code: Transformed;
  #configuration: Configuration | null = null;
  #record: (new (from: VariableRecord | null) => VariableRecord) | null = null;

  /** Parses; throws ScriptError. @param globalNames every name that is not a variable */
  constructor(
    index: number,
    file: string,
    source: string,
    globalNames: readonly string[],
    isCompat: boolean,
  ) {
    this.#isCompat = isCompat;
    this.index = index;
    this.file = file;
    this.source = source;
    this.#globalNames = globalNames;
    this.#code = transform(source, file, index, new Set([...globalNames, 'undefined', 'pipy']));
  }

  /** Runs the script once. `pipy` makes its configuration; throws ScriptError. */
  evaluate(
    cursor: Cursor,
    globals: Readonly<Record<string, unknown>>,
    pipy: (prototype?: unknown) => Configuration,
  ): void {
    const names = this.#globalNames.filter((name) => name !== 'undefined');
    let value: unknown;
    try {
      const run = vm.compileFunction(
        `"use strict"; return (\n${this.#code.code}\n)`,
        ['$cursor', '$count', '$assign', 'pipy', ...names],
        { filename: `${STACK_PREFIX}${this.file}`, lineOffset: -1 },
      ) as (...args: unknown[]) => unknown;
      value = run(cursor, count, assign, pipy, ...names.map((name) => globals[name]));
    } catch (error) {
      if (error instanceof ScriptError) throw error;
      const place = this.placeOf(error);
      this.fail(messageOf(error), place);
    }
    if (!(value instanceof Configuration))
      this.fail(`the script's value is ${shown(value)}, expected a configuration: what pipy() returns`, null);
    this.#configuration = value;
    this.#record = this.#recordClass(value.variables);
  }

  get pipelines(): readonly DeclaredPipeline[] {
    return this.#configuration?.pipelines ?? [];
  }

  addLayout(pipeline: DeclaredPipeline, layout: PipelineLayout): void {
    this.layouts.set(pipeline, layout);
    if (pipeline.kind === 'named') this.#named.set(pipeline.name, layout);
  }

  /** A named pipeline; undefined where there is none. */
  named(name: string): PipelineLayout | undefined {
    return this.#named.get(name);
  }

  get pipelineNames(): readonly string[] {
    return this.pipelines.filter(({ kind }) => kind === 'named').map(({ name }) => name);
  }

  /** Its variables at their initial values: text and numbers anew, objects shared (spec language 3.3). */
  newRecord(): VariableRecord {
    return new this.#record!(null);
  }

  /** What it names that is neither declared nor a global, each with the place of its first use. */
  unresolvedNames(): readonly { readonly message: string; readonly place: SourcePlace }[] {
    const variables = Object.keys(this.#configuration?.variables ?? {});
    return [...this.#code.names]
      .filter(([name]) => !variables.includes(name))
      .map(([name, place]) => ({
        message: `unresolved identifier: ${name}${suggestion(name, [...variables, ...this.#globalNames])}`,
        place: { file: this.file, ...place },
      }));
  }

  usesGlobal(name: string): boolean {
    return this.#code.globalsUsed.has(name);
  }

  usesMember(object: string, member: string): boolean {
    return this.#code.members.some((use) => use.object === object && use.member === member);
  }

  /** Variables that no function can read, such as `'a-b'`. */
  unusableVariables(): readonly { readonly message: string; readonly place: SourcePlace }[] {
    const place = { file: this.file, line: 1, column: 1 };
    return Object.keys(this.#configuration?.variables ?? {})
      .filter((name) => !isIdentifier(name))
      .map((name) => ({ message: `${JSON.stringify(name)} is no variable name: nobody can read it`, place }));
  }

  /** Members of built-in objects that do not exist, such as `algo.Cahe`. */
  unknownMembers(
    globals: Readonly<Record<string, unknown>>,
  ): readonly { readonly message: string; readonly place: SourcePlace }[] {
    return this.#code.members.flatMap(({ object, member, line, column }) => {
      const value = globals[object];
      if (typeof value !== 'object' || value === null || member in value) return [];
      const message = `${object} has no ${member}${suggestion(member, Object.keys(value))}`;
      return [{ message, place: { file: this.file, line, column } }];
    });
  }

  /** The innermost place of this file in an error's stack. */
  placeOf(error: unknown): SourcePlace | null {
    const stack = stackOf(error);
    const found = new RegExp(`${STACK_PREFIX}(.*?):(\\d+):(\\d+)`).exec(stack);
    return found?.[1] === this.file ? this.locate(Number(found[2]), Number(found[3])) : null;
  }

  /** A place in the running code to the place in the script. */
  locate(line: number, column: number): SourcePlace {
    return { file: this.file, ...this.#code.locate(line, column) };
  }

  fail(message: string, place: SourcePlace | null): never {
    throw new ScriptError(message, this.file, place?.line ?? 1, place?.column ?? 1, this.source);
  }

  #isTaken(name: string): boolean {
    return isReserved(name) || this.#globalNames.includes(name);
  }

  /** A class whose instances hold the variables, so that all contexts share one hidden class. */
  #recordClass(variables: Record<string, unknown>): new (from: VariableRecord | null) => VariableRecord {
    const taken = Object.keys(variables).filter((name) => this.#isTaken(name));
    if (taken.length > 0 && !this.#isCompat)
      this.fail(`variable ${taken[0]!} has the name of a built-in`, null);
    // What no function can name needs no place; the original kept it and let nobody read it.
    const names = Object.keys(variables).filter((name) => !this.#isTaken(name) && isIdentifier(name));
    // One constructor for new records and for copies: field by field, so that all have one shape and none is a dictionary.
    const fields = names.map(
      (name, index) => `this.${name} = from === null ? initial[${index}] : from.${name};`,
    );
    const make = vm.compileFunction(`return class Variables { constructor(from) { ${fields.join(' ')} } }`, [
      'initial',
    ]) as (initial: unknown[]) => new (from: VariableRecord | null) => VariableRecord;
    const record = make(names.map((name) => variables[name]));
    const isCompat = this.#isCompat;
    Object.defineProperty(record.prototype, COPY, {
      value(this: VariableRecord): VariableRecord {
        const copy = new record(this);
        // Under --compat a fork may have added names of its own.
        return isCompat ? Object.assign(copy, this) : copy;
      },
    });
    for (const [name] of this.#code.names) {
      if (name in variables) continue;
      const unresolved = (): never => {
        throw new ReferenceError(
          `unresolved identifier: ${name}${suggestion(name, [...names, ...this.#globalNames])}`,
        );
      };
      Object.defineProperty(record.prototype, name, { get: unresolved, set: unresolved });
    }
    return record;
  }
}

/** The file of the innermost script frame in an error's stack; null where there is none. */
export function scriptFileOf(error: unknown): string | null {
  const stack = stackOf(error);
  return new RegExp(`${STACK_PREFIX}(.*?):\\d+:\\d+`).exec(stack)?.[1] ?? null;
}

/** A script may have put anything in the place of a stack. */
function stackOf(error: unknown): string {
  try {
    return error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  } catch {
    return '';
  }
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

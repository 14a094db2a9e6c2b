import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { durationMs } from '../core/quantity.ts';
import { checkArguments, LISTEN_OPTIONS, MAX_INTERVAL_MS, MIN_INTERVAL_MS } from './configuration.ts';
import { type Graph, type GraphedFilter, type GraphedPipeline, graphOf } from './graph.ts';
import { parseListenAddress } from './listen-address.ts';
import { isPlain, literalOf, membersOf, UNKNOWN } from './literal.ts';
import { isIdentifier, isReserved } from './module.ts';
import { never, NO_PORTS } from './no-ports.ts';
import type { AnyNode } from './scopes.ts';
import { type Call, chainOf, nameOf } from './script-chain.ts';
import { ScriptError } from './script-error.ts';
import { suggestion } from './suggestion.ts';
import { parseScript, transform } from './transform.ts';

/** What scripts are written in: filters and built-in objects. */
export interface ScriptLanguage {
  readonly catalogue: readonly FilterDeclaration[];
  /** Every global with its value. */
  readonly globals: Readonly<Record<string, unknown>>;
  readonly isCompat: boolean;
}

/** Something that is wrong or doubtful in a script, at its place; line and column from 1. */
export interface ScriptProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** An error keeps the script from running. */
  readonly severity: 'error' | 'warning';
}

/** What a script says without being run. */
export interface ScriptReading {
  readonly graph: Graph;
  /** In the order of their places. */
  readonly problems: readonly ScriptProblem[];
}

/** A script with more problems has one: it is something else. */
const MAX_PROBLEMS = 200;

/** Names among which one that was meant is looked for. */
const MAX_SUGGESTED = 1000;

/**
 * Reads a script without running it: the charts of the pipelines that are chained on `pipy()`, and what loading it would complain of as far as
 * its text tells (spec cli 7.2). Throws ScriptError where it is no JavaScript.
 */
export function readScript(source: string, language: ScriptLanguage): ScriptReading {
  return new Reader(source, language).read();
}

/** A pipeline that is being read. */
interface Outline extends GraphedPipeline {
  readonly filters: GraphedFilter[];
  readonly method: AnyNode;
}

class Reader {
  readonly #source: string;
  readonly #language: ScriptLanguage;
  readonly #problems: ScriptProblem[] = [];
  readonly #pipelines: Outline[] = [];
  /** The pipelines that others can name. */
  readonly #byName = new Map<string, Outline>();
  readonly #counts = { listen: 0, task: 0, named: 0 };

  constructor(source: string, language: ScriptLanguage) {
    this.#source = source;
    this.#language = language;
  }

  read(): ScriptReading {
    if (this.#source.trim() === '') return { graph: { roots: [], nodes: [] }, problems: [] };
    const root = parseScript(this.#source, '');
    const chain = chainOf(root);
    if (chain !== null) {
      for (const call of chain.calls) this.#call(call);
      this.#checkTargets();
      this.#checkPorts();
    }
    this.#checkNames(chain?.pipy ?? null);
    const problems = this.#problems
      .toSorted((left, right) => left.line - right.line || left.column - right.column)
      .slice(0, MAX_PROBLEMS);
    return { graph: graphOf(this.#pipelines), problems };
  }

  #call(call: Call): void {
    const name = nameOf(call.method);
    if (name === null) return;
    if (name === 'listen' || name === 'task' || name === 'pipeline') this.#begin(name, call);
    else this.#filter(name, call);
  }

  #begin(method: 'listen' | 'task' | 'pipeline', call: Call): void {
    const kind = method === 'pipeline' ? 'named' : method;
    const number = ++this.#counts[kind];
    const value = call.args[0] === undefined ? undefined : literalOf(call.args[0]);
    let title = `${{ listen: 'Listen', task: 'Task', named: 'Pipeline' }[kind]} #${number}`;
    if (kind === 'listen' && typeof value === 'number') title = `Listen 0.0.0.0:${value}`;
    if (kind === 'task' && typeof value === 'string') title = `Task every ${value}`;
    if (kind === 'named' && typeof value === 'string') title = value;
    this.#checkBeginning(kind, value, call);
    const name = kind === 'named' && typeof value === 'string' ? value : null;
    const place = this.#placeOf(call.method);
    const pipeline: Outline = { kind, title, name, place, filters: [], method: call.method };
    this.#pipelines.push(pipeline);
    if (name !== null && !this.#byName.has(name)) this.#byName.set(name, pipeline);
  }

  #checkBeginning(kind: Outline['kind'], value: unknown, { method, args }: Call): void {
    if (value === UNKNOWN) return;
    const at = args[0] ?? method;
    if (kind === 'listen') {
      if (parseListenAddress(value) === null)
        this.#error(`argument #1 expects a port, 'ip:port' or '[v6]:port', got ${JSON.stringify(value)}`, at);
      this.#checkOptions('listen', args[1], LISTEN_OPTIONS);
    } else if (kind === 'task') {
      if (typeof value !== 'number' && typeof value !== 'string')
        this.#error('argument #1 expects a number or a string', at);
      else {
        const intervalMs = durationMs(value);
        if (intervalMs === null || intervalMs < MIN_INTERVAL_MS || intervalMs > MAX_INTERVAL_MS)
          this.#error('time interval out of range: expected 0.01 to 86400 seconds', at);
      }
    } else if (typeof value !== 'string') this.#error('argument #1 expects a string', at);
    else if (!this.#language.isCompat && this.#byName.has(value))
      this.#error(`pipeline "${value}" is declared twice`, at);
  }

  #filter(name: string, { method, args }: Call): void {
    const { catalogue } = this.#language;
    const declaration = catalogue.find((one) => one.name === name);
    const hasSpread = args.some(({ type }) => type === 'SpreadElement');
    const values = args.map((node) => (node.type === 'SpreadElement' ? UNKNOWN : literalOf(node)));
    if (declaration === undefined) {
      const known = ['listen', 'task', 'pipeline', ...catalogue.map((one) => one.name)];
      this.#error(`unknown filter: ${name}${this.#suggestion(name, known)}`, method);
    }
    const current = this.#pipelines.at(-1);
    if (current === undefined) {
      this.#error('no pipeline found: begin with listen(), task() or pipeline()', method);
      return;
    }
    const strings = values.map((value) => (typeof value === 'string' ? value : UNKNOWN_NAME));
    const uses = hasSpread ? null : (declaration?.uses?.(strings) ?? null);
    current.filters.push({
      name,
      place: this.#placeOf(method),
      targets: hasSpread ? [] : (declaration?.targets?.(strings) ?? []).filter((one) => one !== UNKNOWN_NAME),
      uses: uses === null || [uses.file, uses.pipeline].includes(UNKNOWN_NAME) ? null : uses,
      isMirror: name === 'fork',
    });
    if (declaration !== undefined && !hasSpread) this.#checkArguments(declaration, method, args, values);
  }

  #checkArguments(
    declaration: FilterDeclaration,
    method: AnyNode,
    args: readonly AnyNode[],
    values: readonly unknown[],
  ): void {
    const { name, parameters } = declaration;
    const at = (message: string): AnyNode => {
      const number = /argument #(\d+)/.exec(message)?.[1];
      return (number === undefined ? undefined : args[Number(number) - 1]) ?? method;
    };
    const fault = checkArguments(parameters, values);
    if (fault !== null) {
      this.#error(`${name}: ${fault}`, at(fault));
      return;
    }
    for (const [index, { options }] of parameters.entries())
      if (options !== undefined)
        this.#checkOptions(
          name,
          args[index],
          options.map((option) => option.name),
        );
    // What the filter itself would say; `use` would load a file.
    if (values.includes(UNKNOWN) || declaration.uses !== undefined) return;
    try {
      declaration.prepare(values, quietSite(this.#language.isCompat));
    } catch (error) {
      if (error instanceof Rejection) this.#error(error.message, at(error.message));
    }
  }

  #checkOptions(method: string, given: AnyNode | undefined, known: readonly string[]): void {
    if (given?.type !== 'ObjectExpression') return;
    for (const { name, key } of membersOf(given))
      if (!known.includes(name))
        this.#warn(`${method}: unknown option ${name}${this.#suggestion(name, known)}`, key);
  }

  #checkTargets(): void {
    const names = [...this.#byName.keys()];
    // A name that only running would show may be any.
    const isWhole = this.#pipelines.every(({ kind, name }) => kind !== 'named' || name !== null);
    const recursive = recursiveTargets(this.#pipelines, this.#byName);
    for (const pipeline of this.#pipelines)
      for (const filter of pipeline.filters)
        for (const target of filter.targets) {
          const place = { line: filter.place!.line, column: filter.place!.column };
          if (!this.#byName.has(target)) {
            if (isWhole)
              this.#add('error', `pipeline not found: ${target}${this.#suggestion(target, names)}`, place);
          } else if (recursive.has(filter)) this.#add('error', `recursive pipeline: ${target}`, place);
        }
  }

  /** Two literal ports of one address; others are seen at load. */
  #checkPorts(): void {
    if (this.#language.isCompat) return;
    const seen = new Set<string>();
    for (const { kind, title, method } of this.#pipelines) {
      if (kind !== 'listen' || !title.startsWith('Listen 0.0.0.0:') || title.endsWith(':0')) continue;
      if (seen.has(title)) this.#error(`port ${title.split(':')[1]} is listened on twice`, method);
      seen.add(title);
    }
  }

  /** Names that nobody binds, members that built-in objects have not, and what the rewriting of the script refuses. */
  #checkNames(pipy: AnyNode | null): void {
    const { globals, isCompat } = this.#language;
    const globalNames = Object.keys(globals);
    const given = (pipy?.['arguments'] as AnyNode[] | undefined)?.[0];
    const isKnown =
      pipy !== null && (given === undefined || (given.type === 'ObjectExpression' && isPlain(given)));
    const variables = given?.type === 'ObjectExpression' ? membersOf(given) : [];
    for (const { name, key } of variables)
      if (isReserved(name) || globalNames.includes(name)) {
        if (!isCompat) this.#error(`variable ${name} has the name of a built-in`, key);
      } else if (!isIdentifier(name))
        this.#warn(`${JSON.stringify(name)} is no variable name: nobody can read it`, key);
    let code: ReturnType<typeof transform>;
    try {
      code = transform(this.#source, '', 0, new Set([...globalNames, 'undefined', 'pipy']));
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      this.#add('error', error.message, error);
      return;
    }
    const names = new Set(variables.map(({ name }) => name));
    if (isKnown)
      for (const [name, place] of code.names)
        if (!names.has(name))
          this.#add(
            'warning',
            `unresolved identifier: ${name}${this.#suggestion(name, [...names, ...globalNames])}`,
            place,
          );
    for (const { object, member, line, column } of code.members) {
      const value = globals[object];
      if (typeof value !== 'object' || value === null || member in value) continue;
      const message = `${object} has no ${member}${this.#suggestion(member, Object.keys(value))}`;
      this.#add('warning', message, { line, column });
    }
  }

  /** Comparing names takes time: not for the thousandth problem, and not with thousands of names. */
  #suggestion(name: string, known: readonly string[]): string {
    const isCheap = this.#problems.length < MAX_PROBLEMS && known.length < MAX_SUGGESTED;
    return isCheap ? suggestion(name, known) : '';
  }

  #error(message: string, node: AnyNode): void {
    this.#add('error', message, this.#placeOf(node));
  }

  #warn(message: string, node: AnyNode): void {
    this.#add('warning', message, this.#placeOf(node));
  }

  #add(
    severity: ScriptProblem['severity'],
    message: string,
    { line, column }: { readonly line: number; readonly column: number },
  ): void {
    this.#problems.push({ message, line, column, severity });
  }

  #placeOf(node: AnyNode): { file: string; line: number; column: number } {
    const { line, column } = node.loc!.start;
    return { file: '', line, column: column + 1 };
  }
}

/** Stands for the name of a pipeline that only running the script would show; no script can write it. */
const UNKNOWN_NAME = '\0unknown';

/** What a filter says against its arguments. */
class Rejection extends Error {}

/** The world of a filter that is only asked whether its arguments are right. */
function quietSite(isCompat: boolean): FilterSite {
  return {
    place: null,
    ports: NO_PORTS,
    moduleIndex: 0,
    pipeline: never,
    useModule: never,
    onRelease: () => {},
    reject: (message) => {
      throw new Rejection(message);
    },
    isCompat,
  };
}

/** The filters through which a pipeline reaches itself. Each pipeline is looked at once, so that none is too many. */
function recursiveTargets(
  pipelines: readonly GraphedPipeline[],
  byName: ReadonlyMap<string, GraphedPipeline>,
): Set<GraphedFilter> {
  const found = new Set<GraphedFilter>();
  const states = new Map<GraphedPipeline, 'open' | 'done'>();
  const visit = (pipeline: GraphedPipeline): void => {
    states.set(pipeline, 'open');
    for (const filter of pipeline.filters)
      for (const target of filter.targets) {
        const there = byName.get(target);
        if (there === undefined) continue;
        if (states.get(there) === 'open') found.add(filter);
        else if (!states.has(there)) visit(there);
      }
    states.set(pipeline, 'done');
  };
  for (const pipeline of pipelines) if (!states.has(pipeline)) visit(pipeline);
  return found;
}

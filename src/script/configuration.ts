import { createSecureContext } from 'node:tls';
import { Data } from '../core/data.ts';
import { isEvent, Message } from '../core/event.ts';
import {
  defineFilter,
  type FilterDeclaration,
  type FilterParameter,
  type FilterSite,
} from '../core/filter.ts';
import type { FilterDefinition, SourcePlace } from '../core/pipeline.ts';
import { durationMs } from '../core/quantity.ts';
import { parseListenAddress } from './listen-address.ts';
import { UNKNOWN } from './literal.ts';
import { suggestion } from './suggestion.ts';

/** A pipeline as a script declares it, filters still to be bound. */
export interface DeclaredPipeline {
  readonly kind: 'listen' | 'task' | 'named';
  readonly name: string;
  readonly place: SourcePlace | null;
  readonly filters: FilterDefinition[];
  readonly listen?: { readonly address: string; readonly port: number; readonly options: object };
  readonly intervalMs?: number;
  /** The interval as the script writes it. */
  readonly intervalText?: string;
}

/** What a configuration needs of the load that it belongs to. */
export interface ConfigurationHost {
  readonly catalogue: readonly FilterDeclaration[];
  /** The place of the call that is being made, from the stack. */
  callPlace(): SourcePlace | null;
  site(place: SourcePlace | null): FilterSite;
  fail(message: string, place: SourcePlace | null): never;
  /** Says what is doubtful and does not keep the script from running. */
  warn(message: string, place: SourcePlace | null): void;
  readonly isCompat: boolean;
}

/** Options of `listen` (spec language 4.1). */
export const LISTEN_OPTIONS: readonly string[] = ['reuse', 'tls', 'proxyProtocol', 'maxConnections'];

/** Bounds of a task's interval (spec language 4.3). */
export const MIN_INTERVAL_MS = 10;
export const MAX_INTERVAL_MS = 86_400_000;

/** What `pipy()` returns: `listen`, `task`, `pipeline`, and one method per filter, each of which returns it again. */
export class Configuration {
  readonly variables: Record<string, unknown>;
  readonly pipelines: DeclaredPipeline[] = [];

  constructor(variables: Record<string, unknown>, host: ConfigurationHost) {
    this.variables = variables;
    const methods: Record<string, (...args: unknown[]) => this> = {
      listen: (port, options) => this.#listen(host, port, options),
      task: (interval) => this.#task(host, interval),
      pipeline: (name) => this.#named(host, name),
    };
    for (const declaration of host.catalogue)
      methods[declaration.name] = (...args) => this.#filter(host, declaration, args);
    Object.assign(this, methods);
  }

  #listen(host: ConfigurationHost, port: unknown, options: unknown): this {
    const place = host.callPlace();
    const where = parseListenAddress(port);
    if (where === null)
      host.fail(`argument #1 expects a port, 'ip:port' or '[v6]:port', got ${JSON.stringify(port)}`, place);
    if (options !== undefined && options !== null && typeof options !== 'object')
      host.fail('argument #2 expects an object', place);
    warnOfUnknown(host, 'listen', options, LISTEN_OPTIONS, place);
    const tls = (options as { tls?: unknown } | null | undefined)?.tls;
    if (tls !== undefined && tls !== null) {
      const pair = tls as { cert?: unknown; key?: unknown };
      if (typeof tls !== 'object') host.fail('option tls must be an object', place);
      if ((!pair.cert || !pair.key) && !host.isCompat) host.fail('option tls needs cert and key', place);
      const fault = faultOfPair(pair.cert, pair.key);
      if (fault !== null) host.fail(`option tls: ${fault}`, place);
    }
    const limit = (options as { maxConnections?: unknown } | null | undefined)?.maxConnections ?? null;
    if (limit !== null && !(typeof limit === 'number' && Number.isInteger(limit) && limit > 0))
      host.fail('option maxConnections expects a whole number, 1 or more', place);
    const name = `${where.address}:${where.port}`;
    return this.#begin({
      kind: 'listen',
      name,
      place,
      filters: [],
      listen: { ...where, options: options ?? {} },
    });
  }

  #task(host: ConfigurationHost, interval: unknown): this {
    const place = host.callPlace();
    if (typeof interval !== 'number' && typeof interval !== 'string')
      host.fail('argument #1 expects a number or a string', place);
    const intervalMs = durationMs(interval);
    if (intervalMs === null || intervalMs < MIN_INTERVAL_MS || intervalMs > MAX_INTERVAL_MS)
      host.fail('time interval out of range: expected 0.01 to 86400 seconds', place);
    const number = this.pipelines.filter((other) => other.kind === 'task').length + 1;
    return this.#begin({
      kind: 'task',
      name: `Task #${number}`,
      place,
      filters: [],
      intervalMs,
      intervalText: String(interval),
    });
  }

  #named(host: ConfigurationHost, name: unknown): this {
    const place = host.callPlace();
    if (typeof name !== 'string') host.fail('argument #1 expects a string', place);
    const earlier = this.pipelines.findIndex((other) => other.kind === 'named' && other.name === name);
    if (earlier >= 0 && host.isCompat) this.pipelines.splice(earlier, 1);
    else if (earlier >= 0) host.fail(`pipeline "${name}" is declared twice`, place);
    return this.#begin({ kind: 'named', name, place, filters: [] });
  }

  #begin(pipeline: DeclaredPipeline): this {
    this.pipelines.push(pipeline);
    return this;
  }

  #filter(host: ConfigurationHost, declaration: FilterDeclaration, args: unknown[]): this {
    const place = host.callPlace();
    const current = this.pipelines.at(-1);
    if (current === undefined)
      host.fail('no pipeline found: begin with listen(), task() or pipeline()', place);
    const problem = checkArguments(declaration.parameters, args);
    if (problem !== null) host.fail(`${declaration.name}: ${problem}`, place);
    for (const { name, options } of declaration.parameters)
      if (options !== undefined) {
        const given = args[declaration.parameters.findIndex((parameter) => parameter.name === name)];
        warnOfUnknown(
          host,
          declaration.name,
          given,
          options.map((option) => option.name),
          place,
        );
      }
    const filter = defineFilter(declaration, args, host.site(place));
    if (filter !== null) current.filters.push(filter);
    return this;
  }
}

/** What the TLS library says against a certificate and its key; null if nothing. */
function faultOfPair(cert: unknown, key: unknown): string | null {
  const pem = (value: unknown): string | Buffer | undefined =>
    value instanceof Data ? value.bytes() : typeof value === 'string' ? value : undefined;
  try {
    createSecureContext({ cert: pem(cert), key: pem(key) });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** An option that nobody reads is a slip of the pen: it is told, and ignored as in the original. */
function warnOfUnknown(
  host: ConfigurationHost,
  method: string,
  given: unknown,
  known: readonly string[],
  place: SourcePlace | null,
): void {
  if (typeof given !== 'object' || given === null || given instanceof Data) return;
  for (const name of Object.keys(given))
    if (!known.includes(name))
      host.warn(`${method}: unknown option ${name}${suggestion(name, known)}`, place);
}

/** What is wrong with the arguments of a call; null if nothing (spec language 8). What is UNKNOWN may be anything. */
export function checkArguments(
  parameters: readonly FilterParameter[],
  args: readonly unknown[],
): string | null {
  const required = parameters.filter((parameter) => !parameter.isOptional && !parameter.isRest).length;
  if (args.length < required) return `requires ${required} or more arguments`;
  for (const [index, parameter] of parameters.entries()) {
    const value = args[index];
    if (value === UNKNOWN) continue;
    if (parameter.isOptional && (value === undefined || value === null)) continue;
    const types = parameter.type.split('|');
    if (!types.some((type) => isOfType(value, type)))
      return `argument #${index + 1} expects ${types.map(withArticle).join(' or ')}`;
  }
  return null;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'pipeline':
      return typeof value === 'string';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object';
    case 'Data':
      return value instanceof Data;
    case 'Message':
      return value instanceof Message;
    case 'event':
      return isEvent(value);
    default:
      return typeof value === type;
  }
}

function withArticle(type: string): string {
  const name = type === 'pipeline' ? 'string' : type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

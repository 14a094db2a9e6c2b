import { Data } from '../core/data.ts';
import { Message, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { Log } from '../core/ports.ts';

/** The standard pure built-ins of JavaScript that scripts may use (spec api 0). */
const STANDARD = [
  'Object',
  'Boolean',
  'Number',
  'String',
  'Array',
  'Date',
  'RegExp',
  'Math',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Symbol',
  'BigInt',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'Promise',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'ArrayBuffer',
  'DataView',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'NaN',
  'Infinity',
  'undefined',
  'encodeURIComponent',
  'decodeURIComponent',
  'encodeURI',
  'decodeURI',
  'Intl',
  'Reflect',
] as const;

/** Every global name of scripts with its value, frozen where it is ours. */
export function scriptGlobals(log: Log, more: Record<string, unknown>): Record<string, unknown> {
  const globals: Record<string, unknown> = {};
  for (const name of STANDARD) globals[name] = (globalThis as unknown as Record<string, unknown>)[name];
  return Object.assign(globals, {
    Data,
    Message,
    MessageStart,
    MessageEnd,
    SessionEnd,
    JSON: scriptJson,
    console: Object.freeze({
      log: (...values: unknown[]) => {
        for (const line of values.map(shown).join(' ').replace(/\n$/, '').split('\n'))
          log.write('info', `[pjs] ${line}`);
      },
    }),
    repeat,
    ...more,
  });
}

/** JavaScript's JSON, with `undefined` instead of exceptions where text cannot be read (spec api 2). */
const scriptJson = Object.freeze({
  parse: (text: unknown) => parse(requireText(text)),
  stringify: (value: unknown, replacer?: unknown, space?: unknown) =>
    JSON.stringify(value, replacer as never, space as number | undefined),
  decode: (data: unknown) => (data instanceof Data ? parse(data.toString()) : undefined),
  encode: (value: unknown, replacer?: unknown, space?: unknown) => {
    const text = JSON.stringify(value, replacer as never, space as number | undefined) as string | undefined;
    return text === undefined ? undefined : new Data(text);
  },
});

function requireText(text: unknown): string {
  if (typeof text !== 'string') throw new TypeError('argument #1 expects a string');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Calls `fn(0)`, `fn(1)`, ... until it returns a falsy value, or `count` times (spec api 12). */
function repeat(count: unknown, fn?: unknown): unknown {
  const [times, call] = typeof count === 'function' ? [Infinity, count] : [Number(count), fn];
  if (typeof call !== 'function') throw new TypeError('argument #2 expects a function');
  let result: unknown;
  for (let index = 0; index < times; index++) {
    result = (call as (index: number) => unknown)(index);
    if (!result) break;
  }
  return result;
}

/** A value as `console.log` shows it: text as it is, objects as JSON, cycles and depth cut. */
function shown(value: unknown): string {
  if (value instanceof Data) return value.toString();
  if (typeof value !== 'object' || value === null) return String(value);
  const seen = new Set<object>();
  const plain = (node: unknown, depth: number): unknown => {
    if (node instanceof Data) return node.toString();
    if (typeof node === 'bigint') return String(node);
    if (typeof node !== 'object' || node === null) return node;
    if (seen.has(node) || depth > 4) return '…';
    seen.add(node);
    const copy = Array.isArray(node)
      ? node.map((element) => plain(element, depth + 1))
      : Object.fromEntries(Object.entries(node).map(([key, element]) => [key, plain(element, depth + 1)]));
    seen.delete(node);
    return copy;
  };
  return JSON.stringify(plain(value, 0));
}

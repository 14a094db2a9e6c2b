import type { GlobalHost } from './globals/declaration.ts';
import { globalCatalogue } from './globals/index.ts';

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
export function scriptGlobals(host: GlobalHost, more: Record<string, unknown>): Record<string, unknown> {
  const globals: Record<string, unknown> = {};
  for (const name of STANDARD) globals[name] = (globalThis as unknown as Record<string, unknown>)[name];
  for (const declaration of globalCatalogue) globals[declaration.name] = declaration.create(host);
  return Object.assign(globals, more);
}

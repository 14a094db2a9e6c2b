import { Data } from '../../core/data.ts';
import type { GlobalDeclaration } from './declaration.ts';

/** The log, for scripts (spec api 5). */
export const console: GlobalDeclaration = {
  name: 'console',
  summary: 'Writes into the log.',
  types: `declare const console: {
  /** Logs the values joined by blanks at level info, a line of the log for each line of text; objects as JSON. */
  log(...values: any[]): void;
};`,
  examples: [{ code: `(console.log('seen', { a: 1 }), 'logged')`, gives: '"logged"' }],
  create: ({ ports }) =>
    Object.freeze({
      log: (...values: unknown[]) => {
        for (const line of values.map(shown).join(' ').replace(/\n$/, '').split('\n'))
          ports.log.write('info', `[pjs] ${line}`);
      },
    }),
};

const MAX_DEPTH = 4;

/** A value as `console.log` shows it: text as it is, objects as JSON, cycles and depth cut. */
function shown(value: unknown): string {
  if (value instanceof Data) return value.toString();
  if (typeof value !== 'object' || value === null) return String(value);
  const seen = new Set<object>();
  const plain = (node: unknown, depth: number): unknown => {
    if (node instanceof Data) return node.toString();
    if (typeof node === 'bigint') return String(node);
    if (typeof node !== 'object' || node === null) return node;
    if (seen.has(node) || depth > MAX_DEPTH) return '…';
    seen.add(node);
    const copy = Array.isArray(node)
      ? node.map((element) => plain(element, depth + 1))
      : Object.fromEntries(Object.entries(node).map(([key, element]) => [key, plain(element, depth + 1)]));
    seen.delete(node);
    return copy;
  };
  return JSON.stringify(plain(value, 0));
}

import { expects, type GlobalDeclaration } from './declaration.ts';

/** The only loop of the original besides array methods and recursion (spec api 12). */
export const repeat: GlobalDeclaration = {
  name: 'repeat',
  summary: 'Calls a function with 0, 1, 2, ... until it returns a falsy value, or a given number of times.',
  types: `/** Calls \`fn(0)\`, \`fn(1)\`, ... until it returns a falsy value, or \`count\` times; gives the last result. */
declare function repeat<T>(count: number, fn: (index: number) => T): T | undefined;
declare function repeat<T>(fn: (index: number) => T): T | undefined;`,
  examples: [
    { code: `repeat(5, i => i + 1)`, gives: '5' },
    { code: `repeat(i => i < 3)`, gives: 'false' },
  ],
  create: () => run,
};

function run(count: unknown, fn?: unknown): unknown {
  const [times, call, position] = typeof count === 'function' ? [Infinity, count, 1] : [Number(count), fn, 2];
  if (typeof call !== 'function') throw expects(position, 'a function');
  let result: unknown;
  for (let index = 0; index < times; index++) {
    result = (call as (index: number) => unknown)(index);
    if (!result) break;
  }
  return result;
}

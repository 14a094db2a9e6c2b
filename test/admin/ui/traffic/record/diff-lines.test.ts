import test from 'ava';
import fc from 'fast-check';
import { type DiffRun, diffLines } from '../../../../../src/admin/ui/traffic/record/diff-lines.ts';
import { diffRows } from '../../../../../src/admin/ui/traffic/record/diff-rows.ts';

const LINES = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

/** The length of the longest common subsequence, by the table. */
function commonLength(left: readonly string[], right: readonly string[]): number {
  let above = Array.from({ length: right.length + 1 }, () => 0);
  for (const line of left) {
    const row = [0];
    right.forEach((other, at) =>
      row.push(line === other ? above[at]! + 1 : Math.max(above[at + 1]!, row[at]!)),
    );
    above = row;
  }
  return above.at(-1)!;
}

function countOf(runs: readonly DiffRun[], kind: DiffRun['kind']): number {
  return runs.filter((run) => run.kind === kind).reduce((sum, { count }) => sum + count, 0);
}

test('the way from one text to the other is right, and the shortest', (t) => {
  fc.assert(
    fc.property(LINES, LINES, (left, right) => {
      const runs = diffLines(left, right)!;
      const [fromLeft, fromRight]: string[][] = [[], []];
      for (const { kind, leftAt, rightAt, count } of runs) {
        if (kind !== 'added') fromLeft!.push(...left.slice(leftAt, leftAt + count));
        if (kind !== 'removed') fromRight!.push(...right.slice(rightAt, rightAt + count));
        if (kind === 'same')
          t.deepEqual(left.slice(leftAt, leftAt + count), right.slice(rightAt, rightAt + count));
      }
      t.deepEqual(fromLeft, left);
      t.deepEqual(fromRight, right);
      t.is(countOf(runs, 'same'), commonLength(left, right));
    }),
    { numRuns: 400 },
  );
});

test('what is too large or too different is not compared', (t) => {
  const numbers = (count: number, prefix: string): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  t.is(diffLines(numbers(50_001, 'a'), []), null);
  t.is(diffLines(numbers(20, 'a'), numbers(20, 'b'), 39), null);
  t.not(diffLines(numbers(20, 'a'), numbers(20, 'b'), 40), null);
  // Equal beginnings and ends cost nothing.
  const long = numbers(40_000, 'x');
  t.is(countOf(diffLines(long, long.with(20_000, 'other'))!, 'added'), 1);
});

test('equal lines far from a difference are folded', (t) => {
  const left = Array.from({ length: 30 }, (_, index) => String(index));
  const right = left.with(15, 'new');
  const rows = diffRows(diffLines(left, right)!, left, right);
  t.deepEqual(
    rows.map((row) => (row.kind === 'folded' ? `…${row.count}` : `${row.kind[0]}${row.text}`)),
    ['…12', 's12', 's13', 's14', 'r15', 'anew', 's16', 's17', 's18', '…11'],
  );
  const removed = rows.find(({ kind }) => kind === 'removed');
  t.like(removed, { leftNumber: 16, rightNumber: null });
  t.deepEqual(diffRows(diffLines(left, left)!, left, left), []);
});

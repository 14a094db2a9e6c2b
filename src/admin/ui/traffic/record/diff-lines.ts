/** A stretch of lines that both texts have, or that only one has. */
export interface DiffRun {
  readonly kind: 'same' | 'removed' | 'added';
  /** Where it begins in either text, from 0. */
  readonly leftAt: number;
  readonly rightAt: number;
  readonly count: number;
}

/** Edits above which two texts are called too different: the work and the memory grow with its square. */
const MAX_EDITS = 2000;
const MAX_LINES = 50_000;

/**
 * The shortest way from one list of lines to another (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
 * Null where they are too large, or too different.
 */
export function diffLines(
  left: readonly string[],
  right: readonly string[],
  maxEdits = MAX_EDITS,
): readonly DiffRun[] | null {
  if (left.length > MAX_LINES || right.length > MAX_LINES) return null;
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  const middle = shortestEdits(
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
    maxEdits,
  );
  if (middle === null) return null;
  const runs: DiffRun[] = [];
  const add = (kind: DiffRun['kind'], count: number): void => {
    if (count === 0) return;
    const last = runs.at(-1);
    if (last?.kind === kind) runs[runs.length - 1] = { ...last, count: last.count + count };
    else runs.push({ kind, leftAt, rightAt, count });
    if (kind !== 'added') leftAt += count;
    if (kind !== 'removed') rightAt += count;
  };
  let [leftAt, rightAt] = [0, 0];
  add('same', start);
  for (const kind of middle) add(kind, 1);
  add('same', end);
  return runs;
}

function shortestEdits(
  left: readonly string[],
  right: readonly string[],
  maxEdits: number,
): DiffRun['kind'][] | null {
  const most = Math.min(left.length + right.length, maxEdits);
  const middle = most + 1;
  /** How far each diagonal has come, by its number from `middle`. */
  const reach = new Int32Array(2 * most + 3);
  /** The same before each step, only the part that it reads. */
  const steps: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    steps.push(reach.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const isDown = goesDown(reach, middle, diagonal, edits);
      let x = isDown ? reach[middle + diagonal + 1]! : reach[middle + diagonal - 1]! + 1;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x++;
      reach[middle + diagonal] = x;
      if (x >= left.length && x - diagonal >= right.length) return wayBack(steps, left.length, right.length);
    }
  }
  return null;
}

/** Whether the best way to a diagonal comes from the one above: a line of the right text is added. */
function goesDown(reach: Int32Array, middle: number, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && reach[middle + diagonal - 1]! < reach[middle + diagonal + 1]!;
}

function wayBack(steps: readonly Int32Array[], leftLength: number, rightLength: number): DiffRun['kind'][] {
  const kinds: DiffRun['kind'][] = [];
  let [x, y] = [leftLength, rightLength];
  for (let edits = steps.length - 1; edits >= 0; edits--) {
    const reach = steps[edits]!;
    const middle = edits + 1;
    const diagonal = x - y;
    const isDown = goesDown(reach, middle, diagonal, edits);
    const before = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : reach[middle + before]!;
    const fromY = edits === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY) {
      kinds.push('same');
      x--;
      y--;
    }
    if (edits === 0) break;
    kinds.push(isDown ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return kinds.reverse();
}

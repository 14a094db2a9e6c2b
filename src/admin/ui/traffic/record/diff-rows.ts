import type { DiffRun } from './diff-lines.ts';

/** A line of a comparison, or a number of equal lines that are folded away. */
export type DiffRow =
  | {
      readonly kind: 'same' | 'removed' | 'added';
      /** From 1; null where that text does not have it. */
      readonly leftNumber: number | null;
      readonly rightNumber: number | null;
      readonly text: string;
    }
  | { readonly kind: 'folded'; readonly count: number };

/** Equal lines that are shown on either side of a difference. */
const CONTEXT = 3;

/** Differences as rows, with equal stretches folded away; none where there is no difference. */
export function diffRows(
  runs: readonly DiffRun[],
  left: readonly string[],
  right: readonly string[],
): readonly DiffRow[] {
  if (runs.every(({ kind }) => kind === 'same')) return [];
  return runs.flatMap((run, index): DiffRow[] => {
    if (run.kind !== 'same') return rowsOf(run, 0, run.count, left, right);
    const before = index === 0 ? 0 : CONTEXT;
    const after = index === runs.length - 1 ? 0 : CONTEXT;
    // Folding one line away would save nothing.
    if (run.count <= before + after + 1) return rowsOf(run, 0, run.count, left, right);
    return [
      ...rowsOf(run, 0, before, left, right),
      { kind: 'folded', count: run.count - before - after },
      ...rowsOf(run, run.count - after, run.count, left, right),
    ];
  });
}

function rowsOf(
  { kind, leftAt, rightAt }: DiffRun,
  from: number,
  to: number,
  left: readonly string[],
  right: readonly string[],
): DiffRow[] {
  return Array.from({ length: to - from }, (_, index) => {
    const at = from + index;
    return {
      kind,
      leftNumber: kind === 'added' ? null : leftAt + at + 1,
      rightNumber: kind === 'removed' ? null : rightAt + at + 1,
      text: (kind === 'added' ? right[rightAt + at] : left[leftAt + at])!,
    };
  });
}

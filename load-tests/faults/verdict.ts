/** What `tapline verify --json` says, as far as the fault table compares it. */
interface Report {
  readonly runs: readonly {
    readonly missing?: readonly Range[];
    readonly gaps?: readonly Range[];
    readonly lost?: readonly Range[];
    readonly deadLetters?: readonly Range[];
    readonly inFailureStore?: readonly unknown[];
    readonly waiting?: readonly Range[];
    readonly twice?: readonly unknown[];
    readonly unaccountedAtMost: number;
  }[];
  readonly sinks?: readonly {
    readonly deadLetters: number;
    readonly givenUp: readonly { readonly count: number }[];
  }[];
}

interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Verdict {
  /** Records that it names one by one as not held. */
  readonly named: number;
  /** After a crash: it cannot name so many more. */
  readonly unaccountedAtMost: number;
  readonly text: string;
}

/** A verify that could not say anything has named nothing. */
export function readVerdict(output: string): Verdict {
  let report: Report;
  try {
    report = JSON.parse(output) as Report;
  } catch {
    return { named: 0, unaccountedAtMost: 0, text: 'verify gave no report' };
  }
  const { runs, sinks = [] } = report;
  const total = (ranges: readonly Range[] = []): number =>
    ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const sum = (count: (run: Report['runs'][number]) => number): number =>
    runs.reduce((all, run) => all + count(run), 0);
  const parts: readonly [number, string][] = [
    [sum(({ missing }) => total(missing)), 'missing'],
    [sum(({ lost, gaps }) => total(lost) + total(gaps)), 'lost, by gap records'],
    [
      sum(({ deadLetters }) => total(deadLetters)) +
        sinks.reduce((all, { deadLetters }) => all + deadLetters, 0),
      'dead letters',
    ],
    [sum(({ inFailureStore }) => inFailureStore?.length ?? 0), 'in the failure store'],
    [
      sinks.reduce((all, { givenUp }) => all + givenUp.reduce((count, range) => count + range.count, 0), 0),
      'given up',
    ],
    [sum(({ waiting }) => total(waiting)), 'waiting'],
  ];
  const unaccountedAtMost = sum((run) => run.unaccountedAtMost);
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const twice = sum((run) => run.twice?.length ?? 0);
  if (twice > 0) told.push(`${twice} twice`);
  if (unaccountedAtMost > 0) told.push(`at most ${unaccountedAtMost} unaccounted`);
  return {
    named: parts.reduce((all, [count]) => all + count, 0),
    unaccountedAtMost,
    text: told.length === 0 ? 'complete' : told.join(', '),
  };
}

import type { Measurement, SubjectName } from '../measurement.ts';
import { median, type Spread, spreadOf } from '../spread.ts';
import type { ScenarioSummary, SubjectSummary } from './summary.ts';

/** Who the titles speak of, the first that was measured: the gateway that records, by preference to a sink of its own. */
const PROTAGONISTS: readonly SubjectName[] = ['tapline-bulk', 'tapline-store', 'tapline-both', 'tapline-off'];
const RIVALS: readonly SubjectName[] = ['nginx', 'haproxy', 'direct'];

/** The subject that a title speaks of, and the one that it is held against; null where there is none such among `subjects`. */
export function cast(subjects: readonly SubjectSummary[]): {
  readonly protagonist: SubjectSummary | null;
  readonly rival: SubjectSummary | null;
} {
  const first = (names: readonly SubjectName[]): SubjectSummary | null =>
    names.flatMap((name) => subjects.find(({ subject }) => subject === name) ?? [])[0] ?? null;
  return { protagonist: first(PROTAGONISTS), rival: first(RIVALS) };
}

/** The repetition nearest to the median by a figure: a line is of one real run, not of a mean of several. */
export function typical(
  repetitions: readonly Measurement[],
  of: (measurement: Measurement) => number,
): Measurement {
  const middle = median(repetitions.map(of))!;
  return repetitions.toSorted(
    (left, right) => Math.abs(of(left) - middle) - Math.abs(of(right) - middle),
  )[0]!;
}

/** A figure of one subject held against another's of the same repetition; null where they share none. */
export function paired(
  scenario: ScenarioSummary,
  subject: SubjectName,
  peer: SubjectName,
  compare: (measurement: Measurement, peer: Measurement) => number,
): Spread | null {
  const repetitionsOf = (name: SubjectName): readonly Measurement[] =>
    scenario.subjects.find((one) => one.subject === name)?.repetitions ?? [];
  return spreadOf(
    repetitionsOf(subject)
      .flatMap((measurement) => {
        const other = repetitionsOf(peer).find(({ repetition }) => repetition === measurement.repetition);
        return other === undefined ? [] : [compare(measurement, other)];
      })
      .filter(Number.isFinite),
  );
}

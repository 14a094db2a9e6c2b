import type { SubjectName } from './measurement.ts';
import type { Extent, Scenario, ScenarioLoad } from './scenarios/scenario.ts';

/** One measurement that is to be made. */
export interface PlannedRun {
  readonly scenario: Scenario;
  readonly load: ScenarioLoad;
  readonly subject: SubjectName;
  readonly repetition: number;
  readonly repetitions: number;
  readonly seconds: number;
}

/** What the command line leaves of the plan; null where it says nothing. */
export interface Wish {
  readonly isFull: boolean;
  readonly scenarios: readonly string[];
  readonly subjects: readonly string[];
  readonly repetitions: number | null;
  readonly seconds: number | null;
}

/**
 * The measurements in their order. Repetitions are the outer loop, subjects the inner one: what the machine does in the meantime happens to all
 * subjects alike, and each repetition compares neighbours. Scenarios that are asked for by name are run whichever set they belong to.
 */
export function planRuns(scenarios: readonly Scenario[], wish: Wish): PlannedRun[] {
  const chosen = scenarios.filter(({ name }) => wish.scenarios.length === 0 || wish.scenarios.includes(name));
  return chosen.flatMap((scenario) =>
    extentsOf(scenario, wish).flatMap((extent) =>
      extent.loads.flatMap((load) => {
        const repetitions = wish.repetitions ?? extent.repetitions;
        return Array.from({ length: repetitions }, (_, index) =>
          extent.subjects
            .filter((subject) => wish.subjects.length === 0 || wish.subjects.includes(subject))
            .map((subject) => ({
              scenario,
              load,
              subject,
              repetition: index + 1,
              repetitions,
              seconds: wish.seconds ?? extent.seconds,
            })),
        ).flat();
      }),
    ),
  );
}

function extentsOf({ short, full }: Scenario, { isFull, scenarios, subjects }: Wish): readonly Extent[] {
  if (isFull) return full;
  const isIn = (name: string): boolean => short.some((extent) => extent.subjects.some((one) => one === name));
  if (short.length > 0 && subjects.every(isIn)) return short;
  // By name, what the short set lacks is taken of the full one.
  return scenarios.length > 0 ? full : [];
}

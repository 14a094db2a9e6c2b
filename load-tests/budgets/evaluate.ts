import type { Measurement, Verdict } from '../measurement.ts';
import { isFaulty } from '../faulty.ts';
import { median, spreadOf } from '../spread.ts';
import { type Budget, type BudgetPart, readBudgets } from './budget.ts';

/**
 * Holds budgets against measurements, one verdict a budget in their order. Each repetition gives one value, made of parts of that repetition only,
 * since a machine differs more from itself an hour later than a subject from its peer. A repetition that lacks a part gives none; a budget without
 * any value is `not-measured`.
 */
export function evaluate(
  measurements: readonly Measurement[],
  budgets: readonly Budget[] = readBudgets(),
): Verdict[] {
  return budgets.map((budget) => {
    const value = spreadOf(valuesOf(budget, measurements));
    const { what, unit, must, aim, direction } = budget;
    return { budget: budget.name, what, unit, must, aim, direction, value, verdict: judge(budget, value) };
  });
}

function judge({ must, aim, direction }: Budget, value: Verdict['value']): Verdict['verdict'] {
  if (value === null) return 'not-measured';
  const keeps = (limit: number): boolean =>
    direction === 'at-most' ? value.median <= limit : value.median >= limit;
  if (must !== null && !keeps(must)) return 'over';
  return aim !== null && keeps(aim) ? 'aim' : 'must';
}

function valuesOf(budget: Budget, measurements: readonly Measurement[]): number[] {
  return [...Map.groupBy(measurements, ({ repetition }) => repetition).values()]
    .map((repetition) => {
      const value = figure(repetition, budget.value);
      const minus = budget.minus === null ? 0 : figure(repetition, budget.minus);
      const dividedBy = budget.dividedBy === null ? 1 : figure(repetition, budget.dividedBy);
      return value === null || minus === null || dividedBy === null
        ? Number.NaN
        : (value - minus) / dividedBy;
    })
    .filter((value) => Number.isFinite(value));
}

/** The figure that a part names in one repetition; null where it was not measured. */
function figure(repetition: readonly Measurement[], part: BudgetPart): number | null {
  const measurement = repetition.find(
    ({ scenario, subject, load }) =>
      scenario === part.scenario &&
      subject === part.subject &&
      (part.load === 'any' || load.kind === part.load),
  );
  // A run whose answers failed, or whose records do not balance, shows nothing about cost.
  if (measurement === undefined || isFaulty(measurement)) return null;
  if (part.metric.startsWith('cpu.') && measurement.requests === 0) return null;
  if (part.metric === 'memory.rssSteadyBytes') return steadyRssBytes(measurement);
  let found: unknown = measurement;
  for (const name of part.metric.split('.'))
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as Record<string, unknown>)[name]
        : null;
  return typeof found === 'number' ? found : null;
}

/** RSS once it has settled: the median of the samples of the second half of the run. */
function steadyRssBytes({ memory: { series } }: Measurement): number | null {
  const end = series.at(-1)?.[0] ?? 0;
  return median(series.filter(([second]) => second >= end / 2).map(([, rssBytes]) => rssBytes));
}

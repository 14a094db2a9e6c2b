const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** Steps that people count time in. */
const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
];

/** Buckets of one step each that cover a range of time. */
export interface TimeSteps {
  /** A multiple of the step. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** The finest steps of which no more than `maxCount` cover all from `fromMs` to `toMs`, both included. @param maxCount 2 or more */
export function timeSteps(fromMs: number, toMs: number, maxCount: number): TimeSteps {
  let stepMs = STEPS_MS[0]!;
  for (let next = 1; countOf(fromMs, toMs, stepMs) > maxCount; next++) stepMs = STEPS_MS[next] ?? stepMs * 10;
  return { startMs: stepOf(fromMs, stepMs) * stepMs, stepMs, count: countOf(fromMs, toMs, stepMs) };
}

function countOf(fromMs: number, toMs: number, stepMs: number): number {
  return stepOf(toMs, stepMs) - stepOf(fromMs, stepMs) + 1;
}

function stepOf(ms: number, stepMs: number): number {
  return Math.floor(Math.floor(ms) / stepMs);
}

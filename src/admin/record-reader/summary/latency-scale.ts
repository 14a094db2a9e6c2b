/** Steps of each power of two: the middle of a step is at most 1/32 from all that is in it. */
const STEPS = 16;
const STEP_BITS = 4;
/** Durations are safe integers: below 2^53. */
const MAX_EXPONENT = 52;

/** How many indexes there are. */
export const LATENCY_INDEXES = STEPS * (MAX_EXPONENT - STEP_BITS + 2);

/** Where a duration stands on a scale that is linear within powers of two. @param ns not negative */
export function latencyIndex(ns: number): number {
  const whole = Math.min(Math.floor(ns), Number.MAX_SAFE_INTEGER);
  if (whole < STEPS) return whole;
  const high = Math.floor(whole / 2 ** 32);
  const exponent = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(whole);
  return STEPS * (exponent - STEP_BITS) + Math.floor(whole / 2 ** (exponent - STEP_BITS));
}

/** The middle of what has this index. */
export function latencyOf(index: number): number {
  if (index < STEPS) return index;
  const exponent = Math.floor(index / STEPS) - 1;
  const width = 2 ** exponent;
  const lowest = (STEPS + (index % STEPS)) * width;
  return lowest + (width - 1) / 2;
}

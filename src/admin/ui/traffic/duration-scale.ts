const SHORTEST_NS = 100e3;
const LONGEST_NS = 10e9;
const DECADES = Math.log10(LONGEST_NS / SHORTEST_NS);

/** How long the bar of a duration is, 0 to 1: logarithmic from 100 µs to 10 s, the same in every list, so that bars can be compared. */
export function durationShare(nanoseconds: number): number {
  if (nanoseconds <= SHORTEST_NS) return 0;
  return Math.min(1, Math.log10(nanoseconds / SHORTEST_NS) / DECADES);
}

/** How a duration is felt: `slow` from 1 s, `noticed` from 250 ms. */
export function durationLevel(nanoseconds: number): 'fast' | 'noticed' | 'slow' {
  return nanoseconds >= 1e9 ? 'slow' : nanoseconds >= 250e6 ? 'noticed' : 'fast';
}

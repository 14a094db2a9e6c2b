/** Buckets of a doubling: their width is a sixteenth of their lower bound, so the middle of one is off by 3 % at most. */
const PER_OCTAVE_BITS = 4;
const MANTISSA_BITS = 23 - PER_OCTAVE_BITS;

/** Of what is told apart: all below is in the first bucket, all above in the last. */
export const SHORTEST_MS = 0.01;
export const LONGEST_MS = 600_000;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

const FIRST = bitsOf(SHORTEST_MS);
const LAST = bitsOf(LONGEST_MS);

/** How many buckets there are. */
export const LATENCY_BUCKETS = LAST - FIRST + 1;

/**
 * The bucket of a latency. The upper bits of a floating-point number are its logarithm, piece by piece linear (as in HdrHistogram): no logarithm
 * has to be taken on the way of an exchange.
 */
export function latencyBucket(ms: number): number {
  float[0] = ms;
  const bucket = (bits[0]! >>> MANTISSA_BITS) - FIRST;
  // The sign of a negative number is its uppermost bit: it would be in the last.
  if (bucket < 0 || !(ms > 0)) return 0;
  return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

/**
 * The latency, in ms, that a share of all stayed at or below, off by 3 %; NaN of none.
 * @param counts by bucket; what is not above 0 counts nothing
 * @param share from 0 to 1
 */
export function latencyAtShare(counts: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) if (counts[bucket]! > 0) total += counts[bucket]!;
  if (total === 0) return NaN;
  const wanted = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    if (!(counts[bucket]! > 0)) continue;
    seen += counts[bucket]!;
    if (seen >= wanted) return (lowerBound(bucket) + lowerBound(bucket + 1)) / 2;
  }
  return NaN;
}

function lowerBound(bucket: number): number {
  bits[0] = (FIRST + bucket) << MANTISSA_BITS;
  return float[0]!;
}

function bitsOf(ms: number): number {
  float[0] = ms;
  return bits[0]! >>> MANTISSA_BITS;
}

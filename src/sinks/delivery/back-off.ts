/** Bounds of the pauses between tries. */
export interface BackOffBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * The pause before the next try: exponential with full jitter, so that many gateways do not come back in step; at least what the
 * sink asked for (RFC 9110 section 10.2.3), at most a bound that keeps a mistaken `Retry-After` from stopping delivery for days.
 * @param failures tries that have failed in a row, from 1
 * @param random in [0, 1)
 */
export function backOffMs(
  failures: number,
  random: number,
  { firstMs, longestMs }: BackOffBounds,
  retryAfterMs: number | null = null,
): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  const jittered = 1 + Math.floor(random * ceiling);
  if (retryAfterMs === null) return jittered;
  // Not all at the very moment that the sink named.
  return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) + Math.ceil(random * firstMs);
}

/** A sink may ask for so long and no longer. */
const MAX_RETRY_AFTER_MS = 600_000;

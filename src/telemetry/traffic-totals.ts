import { LATENCY_BUCKETS, latencyBucket } from './latency-buckets.ts';

/** How an exchange ended: `clientError` is a 4xx, or a client that went away; `error` a 5xx, or any other failure. */
export type TrafficOutcome = 'ok' | 'clientError' | 'error';

const ERRORS = LATENCY_BUCKETS;
const CLIENT_ERRORS = LATENCY_BUCKETS + 1;
const LENGTH = LATENCY_BUCKETS + 2;

/**
 * The requests of one data thread since its start: how many, how many failed, and how long they took, finely enough for percentiles. It lies in
 * memory that the main thread shares, which reads it whenever it likes, also while the data thread is stuck; what it reads is newer here than there by
 * some exchanges at most. A few KB, and a few nanoseconds an exchange.
 */
export class TrafficTotals {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Float64Array;

  /** @param memory of another TrafficTotals, to look at the same counts */
  constructor(memory = new SharedArrayBuffer(LENGTH * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#counts = new Float64Array(memory);
  }

  /** Counts an exchange that took `ms`. */
  count(ms: number, outcome: TrafficOutcome): void {
    const counts = this.#counts;
    counts[latencyBucket(ms)]!++;
    if (outcome === 'ok') return;
    counts[outcome === 'error' ? ERRORS : CLIENT_ERRORS]!++;
  }

  /** Adds these counts to a sum. */
  addTo(sum: TrafficSum): void {
    const counts = this.#counts;
    const { latencies } = sum;
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      latencies[bucket]! += counts[bucket]!;
      sum.requests += counts[bucket]!;
    }
    sum.errors += counts[ERRORS]!;
    sum.clientErrors += counts[CLIENT_ERRORS]!;
  }
}

/** Requests of several threads together. */
export interface TrafficSum {
  requests: number;
  errors: number;
  clientErrors: number;
  /** Counts by bucket (latency-buckets.ts). */
  readonly latencies: Float64Array;
}

export function sumOfTraffic(all: Iterable<TrafficTotals>): TrafficSum {
  const sum = { requests: 0, errors: 0, clientErrors: 0, latencies: new Float64Array(LATENCY_BUCKETS) };
  for (const one of all) one.addTo(sum);
  return sum;
}

import type { HealthReading, HealthSeriesName, Observation } from './health-reading.ts';
import { LATENCY_BUCKETS, latencyAtShare } from './latency-buckets.ts';

/** How often a sample is meant to be taken. */
export const SAMPLE_INTERVAL_MS = 5000;
/** An hour of samples. */
export const MAX_SAMPLES = 720;
/**
 * Series beyond which further ones are left out: 8 bytes a sample, so 5.8 KB a series and 3 MB at most. A gateway with two data threads and two sinks
 * has 26 of them: 150 KB.
 */
export const MAX_HEALTH_SERIES = 512;
/** Intervals between two samples from which on there is a hole between them. */
const HOLE_INTERVALS = 1.5;
/** Intervals below which a second sample says nothing new: its rates would be of next to no time. */
const LEAST_INTERVALS = 0.5;
/** Below it the difference of two clocks is no setting of one. */
const CLOCK_TOLERANCE_MS = 1000;

const LATENCIES = [
  ['latencyP50', 0.5],
  ['latencyP95', 0.95],
  ['latencyP99', 0.99],
] as const;

/** One line of a plot; null where nothing is known. */
export interface HistorySeries {
  readonly name: HealthSeriesName;
  /** The sink or thread; null for the gateway as a whole. */
  readonly of: string | null;
  /** One per time. */
  readonly values: readonly (number | null)[];
}

export interface HistoryPart {
  readonly intervalMs: number;
  /** Milliseconds since the epoch, rising. */
  readonly timesMs: readonly number[];
  readonly series: readonly HistorySeries[];
}

interface Ring {
  readonly name: HealthSeriesName;
  readonly of: string | null;
  /** NaN where nothing is known. */
  readonly values: Float64Array;
}

/** What the totals were at the last sample. */
interface Before {
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly totals: ReadonlyMap<string, number>;
  readonly latencies: Float64Array | null;
}

/**
 * The gateway's last hour, for plots. Where no sample was taken, or a total has started anew, there is a hole and never a rate that nobody measured.
 * Clocks are handed in: times are of the wall clock, rates of the monotonic one.
 */
export class HealthHistory {
  readonly #times = new Float64Array(MAX_SAMPLES);
  readonly #rings = new Map<string, Ring>();
  #start = 0;
  #length = 0;
  #before: Before | null = null;

  /** Series that there was no room for were left out. */
  #hasLeftOut = false;

  get hasLeftOut(): boolean {
    return this.#hasLeftOut;
  }

  /** Keeps what is known now. One that comes too soon after the last is ignored. */
  sample(reading: HealthReading, wallMs: number, monotonicMs: number): void {
    const before = this.#before;
    const elapsedMs = before === null ? 0 : monotonicMs - before.monotonicMs;
    if (before !== null && elapsedMs < SAMPLE_INTERVAL_MS * LEAST_INTERVALS) return;
    const longestMs = SAMPLE_INTERVAL_MS * HOLE_INTERVALS;
    if (before !== null) {
      const setByMs = wallMs - before.wallMs - elapsedMs;
      // The wall clock was set back: what was before stays before, as long ago as it was.
      if (setByMs < -CLOCK_TOLERANCE_MS) this.#moveTimes(setByMs);
      const shownMs = wallMs - this.#lastTime();
      if (elapsedMs > longestMs || shownMs > longestMs) this.#push(this.#lastTime() + SAMPLE_INTERVAL_MS);
    }
    const at = this.#push(Math.max(wallMs, this.#lastTime() + 1));
    for (const one of reading.gauges) this.#set(one, at, one.value);
    // After a stall a rate would be one over a time that no plot shows.
    const known = before !== null && elapsedMs <= longestMs ? before : null;
    const seconds = elapsedMs / 1000;
    const totals = new Map<string, number>();
    const risen = (key: string, value: number): number => {
      const difference = value - (known?.totals.get(key) ?? NaN);
      totals.set(key, value);
      return difference >= 0 ? difference : NaN;
    };
    for (const one of reading.counters) this.#set(one, at, risen(keyOf(one), one.value) / seconds);
    for (const one of reading.shares) {
      const part = risen(keyOf(one), one.value);
      const rest = risen(`${keyOf(one)} rest`, one.rest);
      this.#set(one, at, part + rest > 0 ? part / (part + rest) : NaN);
    }
    this.#sampleLatencies(reading.latencies, known?.latencies ?? null, at);
    this.#before = { wallMs, monotonicMs, totals, latencies: reading.latencies?.slice() ?? null };
  }

  /** The samples after a time in ms since the epoch; all for none. */
  since(afterMs = -Infinity): HistoryPart {
    const places: number[] = [];
    const oldestMs = this.#lastTime() - SAMPLE_INTERVAL_MS * MAX_SAMPLES;
    for (let index = 0; index < this.#length; index++) {
      const place = (this.#start + index) % MAX_SAMPLES;
      if (this.#times[place]! > afterMs && this.#times[place]! >= oldestMs) places.push(place);
    }
    return {
      intervalMs: SAMPLE_INTERVAL_MS,
      timesMs: places.map((place) => Math.round(this.#times[place]!)),
      series: [...this.#rings.values()].map(({ name, of, values }) => ({
        name,
        of,
        values: places.map((place) => shown(values[place]!)),
      })),
    };
  }

  /** The newest value of a series; null where there is none, or nothing is known. */
  latest(name: HealthSeriesName, of: string | null = null): number | null {
    if (this.#length === 0) return null;
    const values = this.#rings.get(keyOf({ name, of }))?.values;
    return shown(values?.[(this.#start + this.#length - 1) % MAX_SAMPLES] ?? NaN);
  }

  #sampleLatencies(now: Float64Array | null, before: Float64Array | null, at: number): void {
    if (now === null) return;
    const counts = new Float64Array(LATENCY_BUCKETS);
    if (before !== null)
      for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++)
        counts[bucket] = now[bucket]! - before[bucket]!;
    const isReset = counts.some((count) => count < 0);
    for (const [name, share] of LATENCIES)
      this.#set({ name, of: null, value: 0 }, at, isReset ? NaN : latencyAtShare(counts, share));
  }

  /** A new, empty sample; gives its place. */
  #push(timeMs: number): number {
    const place = (this.#start + this.#length) % MAX_SAMPLES;
    if (this.#length < MAX_SAMPLES) this.#length++;
    else this.#start = (this.#start + 1) % MAX_SAMPLES;
    this.#times[place] = timeMs;
    for (const { values } of this.#rings.values()) values[place] = NaN;
    return place;
  }

  #lastTime(): number {
    return this.#length === 0 ? -Infinity : this.#times[(this.#start + this.#length - 1) % MAX_SAMPLES]!;
  }

  #moveTimes(byMs: number): void {
    for (let place = 0; place < MAX_SAMPLES; place++) this.#times[place]! += byMs;
  }

  #set({ name, of }: Observation, place: number, value: number): void {
    const key = keyOf({ name, of });
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      if (this.#rings.size >= MAX_HEALTH_SERIES) {
        this.#hasLeftOut = true;
        return;
      }
      this.#rings.set(key, (ring = { name, of, values: new Float64Array(MAX_SAMPLES).fill(NaN) }));
    }
    ring.values[place] = value;
  }
}

function keyOf({ name, of }: Pick<Observation, 'name' | 'of'>): string {
  return of === null ? name : `${name} ${of}`;
}

/** Six digits are more than a plot shows. */
function shown(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

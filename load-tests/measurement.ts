/**
 * What one run measured: one subject (what stands between the load and the application) under one load of one scenario. `run.ts` makes a list of
 * these; budgets are held against it, `report/` draws it, `results/` keeps it. Plain JSON.
 */
export interface Measurement {
  readonly scenario: string;
  readonly subject: SubjectName;
  readonly load: Load;
  /** Counted from 1; the subjects of a scenario take turns in each. */
  readonly repetition: number;
  readonly seconds: number;
  readonly requests: number;
  /** Answers that failed, or were not what the scenario expects. */
  readonly errors: number;
  readonly requestsPerSecond: number;
  /** Milliseconds; from the intended start at a constant rate. Null where the load has no single latency (idle connections). */
  readonly latencyMs: Latency | null;
  readonly cpu: Cpu;
  readonly memory: Memory;
  /** Only of a gateway that tells: percentiles of the delay of the data threads' event loops (null what it does not tell), and the sum of pauses for garbage collection, in ms. */
  readonly eventLoopDelayMs: {
    readonly p50: number | null;
    readonly p99: number;
    readonly max: number | null;
  } | null;
  readonly collectionPauses: {
    readonly count: number;
    readonly totalMs: number;
    readonly maxMs: number;
  } | null;
  /** Records that the traffic must have made against those that arrived; null for subjects that make none. */
  readonly records: {
    readonly expected: number;
    readonly found: number;
    readonly isBalanced: boolean;
  } | null;
  /** Share of the machine's time (0 to 1) that load and application took together: near `1 - subject`, the load was the bound. */
  readonly loadShare: number;
  /** What only this scenario measures, by a name with its unit (`bytesPerIdleConnection`, `rssGrowthBytes`). */
  readonly extra: Readonly<Record<string, number>>;
}

export type SubjectName =
  | 'direct'
  | 'nginx'
  | 'nginx-json-log'
  | 'nginx-mirror'
  | 'haproxy'
  /** Passes bytes on, records nothing. */
  | 'tapline-off'
  /** Full capture into the embedded store with its search index. */
  | 'tapline-store'
  /** The same, with an open page that follows the traffic. */
  | 'tapline-page'
  /** Full capture, batched and gzipped to a bulk sink, no store. */
  | 'tapline-bulk'
  /** Full capture to a bulk sink and an OTLP receiver. */
  | 'tapline-both';

export type Load =
  | { readonly kind: 'full-speed'; readonly connections: number }
  | { readonly kind: 'constant-rate'; readonly connections: number; readonly perSecond: number };

export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly p9999: number;
  readonly max: number;
  /** Percentile (0 to 100) and milliseconds, ascending: the whole curve of the histogram, at most 200 points. */
  readonly curve: readonly (readonly [number, number])[];
}

/** Microseconds of user and system time per request, from the system's own accounting (`/proc/PID/task/TID/schedstat`). */
export interface Cpu {
  readonly perRequest: number;
  /** By group of threads; for the gateway `data` (data threads), `main`, `v8` (garbage collection, compilation), `pool` (files, compression). */
  readonly byThread: Readonly<Record<string, number>>;
}

export interface Memory {
  readonly rssStartBytes: number;
  readonly rssPeakBytes: number;
  readonly rssEndBytes: number;
  /** Seconds since the start of the load, RSS, requests per second since the last sample (null where the load does not tell). */
  readonly series: readonly (readonly [number, number, number | null])[];
}

/** A run of the whole harness: what is kept in `results/` and drawn in `report.html`. */
export interface LoadReport {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: {
    readonly cores: number;
    readonly model: string;
    readonly memoryBytes: number;
    readonly system: string;
    readonly node: string;
  };
  readonly set: 'short' | 'full';
  /** What each scenario does, in a sentence for people, by its name. */
  readonly scenarios?: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
  readonly verdicts: readonly Verdict[];
  /** What could not be measured here and why: a missing peer, a missing tool. */
  readonly left: readonly string[];
}

/** A budget (`budgets/*.json`) held against the measurements: each value is one repetition's, paired with the peer of the same repetition. */
export interface Verdict {
  readonly budget: string;
  /** One line for people. */
  readonly what: string;
  readonly unit: 'ratio' | 'ms' | 'bytes';
  readonly must: number | null;
  readonly aim: number | null;
  /** Whether the value must be at most, or at least, the budget. */
  readonly direction: 'at-most' | 'at-least';
  /** Median, lowest and highest of the repetitions that gave one, and how many did; null where nothing could be measured. */
  readonly value: {
    readonly median: number;
    readonly low: number;
    readonly high: number;
    readonly count: number;
  } | null;
  readonly verdict: 'aim' | 'must' | 'over' | 'not-measured';
}

import type { HistoryPart } from '../../../telemetry/health-history.ts';

/**
 * Whether there are records: `on`; `off` with `--capture=off`; `none` where the script makes none (it does not use `audit`); `unknown` while the
 * program is not loaded yet.
 */
export type RecordingMode = 'on' | 'off' | 'none' | 'unknown';

/** What `/api/health` answers. Times in ms since the epoch; totals are since the start of the process. */
export interface HealthView {
  readonly state: 'starting' | 'running' | 'idle' | 'stopping';
  readonly nowMs: number;
  /** When the process started: another value is another process, whose totals begin at 0. */
  readonly startedMs: number;
  readonly recording: RecordingMode;
  /** Why no traffic should be sent here, as `/readyz` says it. */
  readonly reasons: readonly string[];
  /** What an operator should look at, though traffic goes on, as `/readyz` says it. */
  readonly warnings: readonly string[];
  /** When the run before this one was last heard of, if it ended without a word: records of its last moments may be missing. Null where it ended in order. */
  readonly crashHeardOfMs: number | null;
  readonly sinks: readonly SinkView[];
  /** Null where nothing is recorded. */
  readonly spool: SpoolView | null;
  readonly memory: MemoryView;
  readonly threads: readonly ThreadView[];
  readonly totals: TotalsView;
  /** The last hour, or of it what is newer than `since`. */
  readonly history: HistoryPart;
}

export interface SinkView {
  readonly name: string;
  /** starting, running, backing-off, blocked, paused, stopped. */
  readonly state: string;
  /** Its first try to start is not over. */
  readonly isStarting: boolean;
  /** Why it takes nothing, and what to do; null where all is well. */
  readonly reason: string | null;
  /** Since when it takes nothing; null while it does. */
  readonly troubleSinceMs: number | null;
  /** What went wrong last, also where it is mended. */
  readonly lastError: { readonly message: string; readonly atMs: number } | null;
  /** Bytes of the spool that it has not taken. */
  readonly waitingBytes: number;
  /** Age of the oldest record among them; 0 for none. */
  readonly lagSeconds: number;
  readonly requestsUnderWay: number;
  /** Records. */
  readonly delivered: number;
  /** Of the delivered ones those that it had already from an earlier try. */
  readonly duplicates: number;
  /** Of the delivered ones those that it put aside. */
  readonly diverted: number;
  readonly retried: number;
  readonly deadLetters: number;
  /** Lost at an OTLP receiver that did not say which. */
  readonly rejected: number;
  /** Lost to this sink because the spool was full. */
  readonly givenUp: number;
}

export interface SpoolView {
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** Above it the oldest records are given up for those sinks that have not taken what others have. */
  readonly giveUpBytes: number;
}

/** Memory against what bounds it; null for what is not known yet. */
export interface MemoryView {
  readonly rssBytes: number | null;
  readonly heapBytes: number | null;
  /** Bodies in capture. */
  readonly captureUsedBytes: number | null;
  readonly captureLimitBytes: number | null;
  /** Records in requests to sinks. */
  readonly deliveryUsedBytes: number;
  readonly deliveryLimitBytes: number;
}

export interface ThreadView {
  /** main, data-0 and so on. */
  readonly name: string;
  readonly isAlive: boolean;
  /** How late its event loop is, over the last ten seconds; null where it has not said yet. */
  readonly loopDelay: {
    readonly p50Seconds: number;
    readonly p99Seconds: number;
    readonly maxSeconds: number;
  } | null;
  /** Share of the last sample's time in which it worked; null where that is not known. */
  readonly busyShare: number | null;
  readonly heapBytes: number;
  /** Open client connections; null for the main thread. */
  readonly connections: number | null;
  /** Open sessions of pipelines; null for the main thread. */
  readonly sessions: number | null;
}

export interface TotalsView {
  /** Null where nobody looks at requests. */
  readonly requests: number | null;
  readonly errors: number | null;
  readonly clientErrors: number | null;
  readonly recordsAccepted: number;
  /** Records without a body for which there was no room. */
  readonly recordsDegraded: number;
  /** Records that are lost, by reason. */
  readonly recordsDropped: Readonly<Record<string, number>>;
  readonly connectionsAccepted: number;
  readonly connectionsRefused: number;
  readonly deadLetterBytes: number;
}

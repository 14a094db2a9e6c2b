/** What the gateway says of its own state; `/healthz` and `/readyz` are made of it. Nothing of a record is in it. */
export interface HealthReport {
  /** `starting` until every port is bound; `idle` while no program runs. */
  readonly state: 'starting' | 'running' | 'idle' | 'stopping';
  readonly threads: readonly ThreadHealth[];
  readonly sinks: readonly SinkHealth[];
  /** When the run before this one was last heard of, ms since the epoch, if it ended without a word: records of its last moments may be missing. */
  readonly crashHeardOfMs?: number | null;
  /** Null where nothing is recorded, or not known yet. */
  readonly spool: { readonly usedBytes: number; readonly limitBytes: number } | null;
}

export interface ThreadHealth {
  /** `data-0` and so on. */
  readonly name: string;
  readonly isAlive: boolean;
}

export interface SinkHealth {
  readonly name: string;
  /** As `tapline.sink.state` names it. */
  readonly state: string;
  /** Its first try to start is not over yet. */
  readonly isStarting: boolean;
  /** Why it does not deliver, and what to do; null where all is well. */
  readonly reason: string | null;
  /** Bytes of the spool that it has not taken yet. */
  readonly pendingBytes: number;
  /** Age of the oldest record that it has not taken yet; 0 for none. */
  readonly lagSeconds: number;
  /** Since when it takes nothing, in ms since the epoch; null while it does. */
  readonly troubleSinceMs: number | null;
  /** What went wrong last, also where it is mended, with its time in ms since the epoch; null where nothing did. */
  readonly lastError: { readonly message: string; readonly atMs: number } | null;
  /** Bytes of records in requests under way. */
  readonly inFlightBytes: number;
}

import type { ThreadGroup } from '../measure/cpu-use.ts';
import type { Measurement, SubjectName } from '../measurement.ts';
import type { Rig } from '../rig.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** What stands between the load and the application. */
export interface Subject {
  readonly name: SubjectName;
  /** How long it is warmed up at full speed: for what Node compiles as it runs, some 10,000 requests. */
  readonly warmUpSeconds: number;
  /** Why it cannot be measured here; null where it can. */
  missing(rig: Rig): string | null;
  start(rig: Rig, upstream: Upstream, sink: SinkMode): Promise<RunningSubject>;
}

/** How the sinks of a subject behave, where it has any: `dies` once the warm-up is over. */
export type SinkMode = 'ok' | 'slow' | 'dies';

/** A subject of one run. */
export interface RunningSubject {
  /** `http://127.0.0.1:PORT`: where the load goes. */
  readonly url: string;
  /** Its processes; none where the load reaches the application directly. */
  readonly pids: readonly number[];
  readonly groupOf: ThreadGroup;
  /** What runs beside it and is not counted: sinks, the server of a mirror. */
  readonly companionPids: readonly number[];
  /** The warm-up is over. */
  warmedUp(): Promise<void>;
  /** Waits until all that the requests so far have caused is done: records are where they belong. */
  settled(): Promise<void>;
  /** What it tells of itself, now. */
  vitals(): Promise<Vitals | null>;
  /** Ends it, in order; then counts its records against the requests that the application got. The generator may have cut off some more. */
  finish(requests: number, mayBeCut: number): Promise<Measurement['records']>;
  /** Figures of this subject alone. */
  extra(): Readonly<Record<string, number>>;
  /** Ends whatever of it still runs. Safe twice, and after `finish`. */
  stop(): Promise<void>;
}

/** What a gateway tells of its event loops and its garbage collection. */
export interface Vitals {
  /** Of the last ten seconds, the slowest data thread; null for what it does not tell. */
  readonly eventLoopDelayMs: {
    readonly p50: number | null;
    readonly p99: number;
    readonly max: number | null;
  } | null;
  /** Since its start; null where it does not tell. */
  readonly collections: CollectionCounts | null;
}

/** Pauses for garbage collection by how long they took: upper bound of the bucket in ms, and how many were at most so long. */
export interface CollectionCounts {
  readonly count: number;
  readonly totalMs: number;
  readonly atMost: readonly (readonly [boundMs: number, count: number])[];
}

/** For subjects that need no care: they make no records and tell nothing. */
export function plainSubject(
  running: Pick<RunningSubject, 'url' | 'pids' | 'groupOf' | 'companionPids' | 'stop'>,
): RunningSubject {
  return {
    ...running,
    warmedUp: () => Promise.resolve(),
    settled: () => Promise.resolve(),
    vitals: () => Promise.resolve(null),
    finish: () => Promise.resolve(null),
    extra: () => ({}),
  };
}

/** For subjects that are machine code from the start: buffers and connections. */
export const SHORT_WARM_UP_SECONDS = 1;

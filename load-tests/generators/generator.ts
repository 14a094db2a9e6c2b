import type { Latency, Load } from '../measurement.ts';

/** One request that is sent again and again. */
export interface RequestShape {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: string;
}

/** What to send, where, how much of it, and how long. */
export interface LoadOrder {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly request: RequestShape;
  readonly load: Load;
  readonly seconds: number;
  /** Each request over a connection of its own. */
  readonly isNewConnectionEach: boolean;
  /** Requests that are sent at once on a connection, before their answers; 1 for none. */
  readonly pipelined: number;
}

/** What came of it. */
export interface LoadResult {
  /** Answered, in time or not. */
  readonly requests: number;
  /** Answers that failed, and requests without one. */
  readonly errors: number;
  readonly seconds: number;
  readonly latencyMs: Latency | null;
  /** Requests that were under way when it ended and were cut off, at most. */
  readonly mayBeCut: number;
}

/** A program that makes load. */
export interface Generator {
  readonly name: 'wrk' | 'vegeta' | 'own';
  /** Resolves when the load is over. What came of it may take some work to read, which is not to be measured with it. */
  run(order: LoadOrder): Promise<Reading<LoadResult>>;
}

/** Reads what came of a load. */
export type Reading<Result> = () => Promise<Result>;

/** Above the time of the load itself, for a generator to start and to wait for the last answers. */
export const GENERATOR_GRACE_MS = 45_000;

import type { RequestShape } from '../generators/generator.ts';
import type { Load, SubjectName } from '../measurement.ts';
import type { SinkMode } from '../subjects/subject.ts';
import type { UpstreamKind } from '../upstream/upstream.ts';

/** What is sent through a subject. */
export type Traffic =
  | {
      readonly kind: 'requests';
      readonly request: RequestShape;
      /** Each request over a connection of its own. */
      readonly isNewConnectionEach: boolean;
      /** Requests sent at once on a connection, before their answers; 1 for none. */
      readonly pipelined: number;
    }
  /** Connections that do nothing; later each sends one request, so that it has an upstream, and then nothing again. */
  | { readonly kind: 'idle-connections' }
  /** One body of so many bytes to the application, then one from it. */
  | { readonly kind: 'transfer'; readonly bytes: number }
  /** Answers of so many bytes, each read no faster than this. */
  | { readonly kind: 'slow-readers'; readonly bytes: number; readonly bytesPerSecond: number }
  /** Server-sent events on each connection, one every so many milliseconds; an event counts as a request. */
  | { readonly kind: 'events'; readonly everyMs: number };

/** A load, or a rate that is only known in the run: half of what full capture to a bulk sink carries at full speed in `reference`. */
export type ScenarioLoad = Load | { readonly kind: 'half-of-full-capture'; readonly connections: number };

/** How much of a scenario belongs to a set. */
export interface Extent {
  readonly loads: readonly ScenarioLoad[];
  readonly subjects: readonly SubjectName[];
  readonly repetitions: number;
  /** Of one measurement, without the warm-up. */
  readonly seconds: number;
}

/** One kind of traffic: what is sent, and what it is measured on. */
export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly what: string;
  readonly upstream: UpstreamKind;
  readonly traffic: Traffic;
  /** How the sinks of subjects that have any behave. */
  readonly sink: SinkMode;
  /** What of the memory is a figure of its own: growth to the peak (`rssGrowthBytes`), end over beginning (`rssAfterOverAfterFirstMinute`). */
  readonly memoryFigure: 'growth' | 'over-time' | null;
  /** None where it is not in the short set. */
  readonly short: readonly Extent[];
  readonly full: readonly Extent[];
}

import type { Load, Measurement, SubjectName } from '../measurement.ts';
import { type Spread, spreadOf } from '../spread.ts';

/** All that was measured of one scenario under one load, by subject. */
export interface ScenarioSummary {
  /** The scenario's name, and the kind of load where it was measured under several. */
  readonly title: string;
  readonly scenario: string;
  readonly load: Load;
  /** In the order of `SUBJECTS`. */
  readonly subjects: readonly SubjectSummary[];
}

/** The repetitions of one subject, as medians with spread. Null where it has no such figure. */
export interface SubjectSummary {
  readonly subject: SubjectName;
  readonly repetitions: readonly Measurement[];
  readonly requestsPerSecond: Spread | null;
  readonly p50Ms: Spread | null;
  readonly p99Ms: Spread | null;
  /** Microseconds. */
  readonly cpuPerRequest: Spread | null;
  /** Microseconds a request of each group of threads that took any, the largest first. */
  readonly cpuByThread: readonly (readonly [string, Spread])[];
  readonly rssPeakBytes: Spread | null;
  /** Sums over the repetitions. */
  readonly requests: number;
  readonly errors: number;
  readonly records: {
    readonly expected: number;
    readonly found: number;
    readonly isBalanced: boolean;
  } | null;
  readonly extra: readonly (readonly [string, Spread])[];
}

/** The order of subjects in every table and plot: what passes bytes on first, what records most last. */
export const SUBJECTS: readonly SubjectName[] = [
  'direct',
  'nginx',
  'nginx-json-log',
  'nginx-mirror',
  'haproxy',
  'tapline-off',
  'tapline-store',
  'tapline-page',
  'tapline-bulk',
  'tapline-both',
];

/** Figures that measurements of every scenario may bring along: not what a scenario is there for. */
export const COMMON_EXTRA: ReadonlySet<string> = new Set([
  'bareNodeRssBytes',
  'heapUsedBytes',
  'strangersShare',
]);

/** One summary a scenario and load, in the order in which they were first measured. */
export function summarise(measurements: readonly Measurement[]): ScenarioSummary[] {
  const loads = Map.groupBy(measurements, ({ scenario }) => scenario);
  const hasLoads = (scenario: string): boolean =>
    new Set(loads.get(scenario)!.map(({ load }) => describeLoad(load))).size > 1;
  const groups = Map.groupBy(measurements, ({ scenario, load }) => `${scenario}\n${describeLoad(load)}`);
  return [...groups.values()].map((group) => ({
    title: hasLoads(group[0]!.scenario)
      ? `${group[0]!.scenario}, ${group[0]!.load.kind === 'full-speed' ? 'full speed' : 'constant rate'}`
      : group[0]!.scenario,
    scenario: group[0]!.scenario,
    load: group[0]!.load,
    subjects: [...Map.groupBy(group, ({ subject }) => subject).values()]
      .map(summariseSubject)
      .sort((left, right) => rank(left.subject) - rank(right.subject)),
  }));
}

/** `full speed, 50 connections`, `2,000 requests/s, 50 connections`, or `5,000 connections` where they only wait. */
export function describeLoad(load: Load): string {
  const connections = `${load.connections.toLocaleString('en-US')} ${load.connections === 1 ? 'connection' : 'connections'}`;
  if (load.kind === 'full-speed') return `full speed, ${connections}`;
  return load.perSecond === 0
    ? connections
    : `${load.perSecond.toLocaleString('en-US')} requests/s, ${connections}`;
}

/** How often subjects were measured: `3 repetitions`, `1 to 3 repetitions`. */
export function repetitionsText(subjects: readonly SubjectSummary[]): string {
  const counts = subjects.map(({ repetitions }) => repetitions.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `${least === most ? most : `${least} to ${most}`} ${most === 1 ? 'repetition' : 'repetitions'}`;
}

/** Runs that prove nothing about cost, a line each: answers failed, or records do not balance. */
export function faultsOf(summaries: readonly ScenarioSummary[]): string[] {
  return summaries.flatMap(({ scenario, load, subjects }) =>
    subjects.flatMap(({ subject, errors, requests, records }) => {
      const where = `${scenario} (${describeLoad(load)}), ${subject}`;
      return [
        ...(errors > 0 ? [`${where}: ${errors} of ${requests} answers failed`] : []),
        ...(records?.isBalanced === false
          ? [
              `${where}: ${records.expected} records expected, ${records.found} found, and the difference is not accounted for`,
            ]
          : []),
      ];
    }),
  );
}

function summariseSubject(repetitions: readonly Measurement[]): SubjectSummary {
  const spread = (of: (measurement: Measurement) => number | undefined): Spread | null =>
    spreadOf(
      repetitions.map(of).filter((value) => value !== undefined && Number.isFinite(value)) as number[],
    );
  const spreads = (of: (measurement: Measurement) => Readonly<Record<string, number>>): [string, Spread][] =>
    [...new Set(repetitions.flatMap((measurement) => Object.keys(of(measurement))))].flatMap((name) => {
      const found = spread((measurement) => of(measurement)[name]);
      return found === null ? [] : [[name, found] as [string, Spread]];
    });
  const records = repetitions.flatMap((measurement) => measurement.records ?? []);
  return {
    subject: repetitions[0]!.subject,
    repetitions,
    requestsPerSecond: spread((measurement) => measurement.requestsPerSecond),
    p50Ms: spread((measurement) => measurement.latencyMs?.p50),
    p99Ms: spread((measurement) => measurement.latencyMs?.p99),
    cpuPerRequest: spread((measurement) => measurement.cpu.perRequest),
    cpuByThread: spreads((measurement) => measurement.cpu.byThread)
      .filter(([, { median }]) => median > 0)
      .sort(([, left], [, right]) => right.median - left.median),
    rssPeakBytes: spread((measurement) => measurement.memory.rssPeakBytes),
    requests: sum(repetitions.map(({ requests }) => requests)),
    errors: sum(repetitions.map(({ errors }) => errors)),
    records:
      records.length === 0
        ? null
        : {
            expected: sum(records.map(({ expected }) => expected)),
            found: sum(records.map(({ found }) => found)),
            isBalanced: records.every(({ isBalanced }) => isBalanced),
          },
    extra: spreads((measurement) => measurement.extra),
  };
}

/** A subject that the list does not know comes last. */
function rank(subject: SubjectName): number {
  const index = SUBJECTS.indexOf(subject);
  return index === -1 ? SUBJECTS.length : index;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

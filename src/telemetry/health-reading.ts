import type { MetricDeclaration } from './metric-declarations.ts';
import { METRICS } from './metric-declarations.ts';
import type { Attributes, MetricSnapshot } from './metric.ts';
import type { TrafficSum } from './traffic-totals.ts';

/** What the history keeps, by what it is of: nothing, a sink or a thread. Rates are per second. */
export const HEALTH_SERIES = {
  requestRate: { of: 'gateway', unit: '1/s', meaning: 'Requests.' },
  errorRate: { of: 'gateway', unit: '1/s', meaning: 'Requests that failed, or were answered 5xx.' },
  clientErrorRate: {
    of: 'gateway',
    unit: '1/s',
    meaning: 'Requests that were answered 4xx, or whose client went away.',
  },
  latencyP50: { of: 'gateway', unit: 'ms', meaning: 'Half of the requests took so long at most.' },
  latencyP95: { of: 'gateway', unit: 'ms', meaning: '95 % of the requests took so long at most.' },
  latencyP99: { of: 'gateway', unit: 'ms', meaning: '99 % of the requests took so long at most.' },
  droppedRate: { of: 'gateway', unit: '1/s', meaning: 'Records that were lost; a gap record tells of each.' },
  spoolBytes: { of: 'gateway', unit: 'By', meaning: 'Spool on disk.' },
  rssBytes: { of: 'gateway', unit: 'By', meaning: 'Resident memory of the process.' },
  heapBytes: { of: 'gateway', unit: 'By', meaning: 'Objects on the heaps of all threads.' },
  captureBytes: { of: 'gateway', unit: 'By', meaning: 'Bodies in capture.' },
  cpuShare: { of: 'gateway', unit: '1', meaning: 'CPU time over time: 1 is one core.' },
  deliveredRate: { of: 'sink', unit: '1/s', meaning: 'Records that the sink has taken.' },
  pendingBytes: { of: 'sink', unit: 'By', meaning: 'Spool that the sink has not taken.' },
  lagSeconds: { of: 'sink', unit: 's', meaning: 'Age of the oldest record that the sink has not taken.' },
  loopDelaySeconds: {
    of: 'thread',
    unit: 's',
    meaning: 'How late the event loop is: 99th percentile of the last ten seconds.',
  },
  busyShare: {
    of: 'thread',
    unit: '1',
    meaning: 'Share of time that the thread worked; near 1 it is saturated.',
  },
  connections: { of: 'thread', unit: '{connection}', meaning: 'Open client connections.' },
} as const satisfies Record<string, { of: 'gateway' | 'sink' | 'thread'; unit: string; meaning: string }>;

export type HealthSeriesName = keyof typeof HEALTH_SERIES;

/** A value of a series: a gauge as it is, a counter as it stands. */
export interface Observation {
  readonly name: HealthSeriesName;
  /** The sink or thread; null for what is of the gateway as a whole. */
  readonly of: string | null;
  readonly value: number;
}

/** What can be said of the gateway at a moment. */
export interface HealthReading {
  readonly gauges: readonly Observation[];
  /** Totals that only rise; their series are rates. */
  readonly counters: readonly Observation[];
  /** `value` and `rest` only rise; the series is the share of `value` in what both rose. */
  readonly shares: readonly (Observation & { readonly rest: number })[];
  /** Requests so far, by bucket of latency; null where nobody looks at them. */
  readonly latencies: Float64Array | null;
}

const SINK = 'tapline.sink';
const THREAD = 'tapline.thread';
const LOOP_STATE = 'nodejs.eventloop.state';

/** @param traffic null where nobody looks at requests: then they have no series, instead of one that is 0 */
export function healthReading(
  snapshots: readonly MetricSnapshot[],
  traffic: TrafficSum | null,
): HealthReading {
  const found = new Map(snapshots.map((one) => [one.declaration.name, one.series]));
  const seriesOf = ({ name }: MetricDeclaration): { attributes: Attributes; value: number }[] => [
    ...(found.get(name) ?? []),
  ];
  const each = (declaration: MetricDeclaration, name: HealthSeriesName, attribute: string): Observation[] =>
    seriesOf(declaration).map(({ attributes, value }) => ({ name, of: attributes[attribute] ?? '', value }));
  const sum = (declaration: MetricDeclaration, name: HealthSeriesName): Observation[] => {
    const all = seriesOf(declaration);
    return all.length === 0
      ? []
      : [{ name, of: null, value: all.reduce((total, { value }) => total + value, 0) }];
  };
  const loops = seriesOf(METRICS.eventLoopTime);
  const idleOf = (thread: string | undefined): number =>
    loops.find(({ attributes }) => attributes[THREAD] === thread && attributes[LOOP_STATE] === 'idle')
      ?.value ?? 0;
  return {
    gauges: [
      ...sum(METRICS.spoolBytes, 'spoolBytes'),
      ...sum(METRICS.memory, 'rssBytes'),
      ...sum(METRICS.heapUsed, 'heapBytes'),
      ...sum(METRICS.captureBytes, 'captureBytes'),
      ...each(METRICS.sinkPendingBytes, 'pendingBytes', SINK),
      ...each(METRICS.sinkLag, 'lagSeconds', SINK),
      ...each(METRICS.eventLoopDelayP99, 'loopDelaySeconds', THREAD),
      ...each(METRICS.connectionsOpen, 'connections', THREAD),
    ],
    counters: [
      ...(traffic === null
        ? []
        : [
            { name: 'requestRate' as const, of: null, value: traffic.requests },
            { name: 'errorRate' as const, of: null, value: traffic.errors },
            { name: 'clientErrorRate' as const, of: null, value: traffic.clientErrors },
          ]),
      ...sum(METRICS.recordsDropped, 'droppedRate'),
      ...sum(METRICS.cpuTime, 'cpuShare'),
      ...each(METRICS.sinkDelivered, 'deliveredRate', SINK),
    ],
    shares: loops
      .filter(({ attributes }) => attributes[LOOP_STATE] === 'active')
      .map(({ attributes, value }) => ({
        name: 'busyShare',
        of: attributes[THREAD] ?? '',
        value,
        rest: idleOf(attributes[THREAD]),
      })),
    latencies: traffic?.latencies ?? null,
  };
}

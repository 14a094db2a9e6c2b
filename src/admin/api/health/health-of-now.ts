import { HIGH_WATER } from '../../../sinks/delivery/delivery.ts';
import type { HistoryPart } from '../../../telemetry/health-history.ts';
import type { HealthReport } from '../../../telemetry/health-report.ts';
import { type MetricDeclaration, METRICS } from '../../../telemetry/metric-declarations.ts';
import type { MetricSnapshot, Series } from '../../../telemetry/metric.ts';
import type { TrafficSum } from '../../../telemetry/traffic-totals.ts';
import { readiness } from '../probes/readiness.ts';
import type { HealthView, RecordingMode, SinkView, ThreadView } from './health-view.ts';

const SINK = 'tapline.sink';
const THREAD = 'tapline.thread';
const REASON = 'tapline.reason';
const OUTCOME = 'tapline.outcome';

/** Makes the view of what the gateway says of itself at one moment. */
export function healthOfNow(sources: {
  readonly report: HealthReport;
  readonly snapshots: readonly MetricSnapshot[];
  readonly traffic: TrafficSum | null;
  readonly history: HistoryPart;
  /** Of a thread, over the last sample; null where that is not known. */
  readonly busyShare: (thread: string) => number | null;
  readonly recording: RecordingMode;
  readonly deliveryBudgetBytes: number;
  readonly startedMs: number;
  readonly nowMs: number;
}): HealthView {
  const { report, traffic, history, busyShare, recording, deliveryBudgetBytes, startedMs, nowMs } = sources;
  const values = new MetricValues(sources.snapshots);
  const { reasons, warnings } = readiness(report);
  const { spool, sinks } = report;
  return {
    state: report.state,
    nowMs,
    startedMs,
    recording,
    reasons,
    warnings,
    sinks: sinks.map((sink) => sinkView(sink, values)),
    crashHeardOfMs: report.crashHeardOfMs ?? null,
    spool: spool === null ? null : { ...spool, giveUpBytes: Math.floor(spool.limitBytes * HIGH_WATER) },
    memory: {
      rssBytes: values.sumOrNull(METRICS.memory),
      heapBytes: values.sumOrNull(METRICS.heapUsed),
      captureUsedBytes: values.sumOrNull(METRICS.captureBytes),
      captureLimitBytes: values.sumOrNull(METRICS.captureLimit),
      deliveryUsedBytes: sinks.reduce((sum, { inFlightBytes }) => sum + inFlightBytes, 0),
      deliveryLimitBytes: deliveryBudgetBytes,
    },
    threads: [{ name: 'main', isAlive: true }, ...report.threads].map((thread) =>
      threadView(thread, values, busyShare(thread.name)),
    ),
    totals: {
      requests: traffic?.requests ?? null,
      errors: traffic?.errors ?? null,
      clientErrors: traffic?.clientErrors ?? null,
      recordsAccepted: values.sum(METRICS.recordsAccepted),
      recordsDegraded: values.sum(METRICS.recordsDegraded),
      recordsDropped: values.by(METRICS.recordsDropped, REASON),
      connectionsAccepted: values.sum(METRICS.connections, { [OUTCOME]: 'accepted' }),
      connectionsRefused: values.sum(METRICS.connections, { [OUTCOME]: 'refused' }),
      deadLetterBytes: values.sum(METRICS.deadLetterBytes),
    },
    history,
  };
}

function sinkView(sink: HealthReport['sinks'][number], values: MetricValues): SinkView {
  const { name, state, isStarting, reason, troubleSinceMs, lastError, pendingBytes, lagSeconds } = sink;
  const count = (declaration: MetricDeclaration): number => values.sum(declaration, { [SINK]: name });
  return {
    name,
    state,
    isStarting,
    reason,
    troubleSinceMs,
    lastError,
    waitingBytes: pendingBytes,
    lagSeconds,
    requestsUnderWay: count(METRICS.sinkInFlight),
    delivered: count(METRICS.sinkDelivered),
    duplicates: count(METRICS.sinkDuplicates),
    diverted: count(METRICS.sinkDiverted),
    retried: count(METRICS.sinkRetried),
    deadLetters: count(METRICS.sinkDeadLetters),
    rejected: count(METRICS.sinkRejected),
    givenUp: count(METRICS.sinkGivenUp),
  };
}

function threadView(
  { name, isAlive }: HealthReport['threads'][number],
  values: MetricValues,
  busyShare: number | null,
): ThreadView {
  const own = { [THREAD]: name };
  const p50Seconds = values.sumOrNull(METRICS.eventLoopDelayP50, own);
  return {
    name,
    isAlive,
    loopDelay:
      p50Seconds === null
        ? null
        : {
            p50Seconds,
            p99Seconds: values.sum(METRICS.eventLoopDelayP99, own),
            maxSeconds: values.sum(METRICS.eventLoopDelayMax, own),
          },
    busyShare,
    heapBytes: values.sum(METRICS.heapUsed, own),
    connections: values.sumOrNull(METRICS.connectionsOpen, own),
    sessions: values.sumOrNull(METRICS.sessions, own),
  };
}

/** Looks values up in what was collected. */
class MetricValues {
  readonly #series: ReadonlyMap<string, readonly Series[]>;

  constructor(snapshots: readonly MetricSnapshot[]) {
    this.#series = new Map(snapshots.map(({ declaration, series }) => [declaration.name, series]));
  }

  /** Of the series that have these attributes; null for no series. */
  sumOrNull(declaration: MetricDeclaration, wanted: Readonly<Record<string, string>> = {}): number | null {
    const found = (this.#series.get(declaration.name) ?? []).filter(({ attributes }) =>
      Object.entries(wanted).every(([name, value]) => attributes[name] === value),
    );
    return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
  }

  sum(declaration: MetricDeclaration, wanted?: Readonly<Record<string, string>>): number {
    return this.sumOrNull(declaration, wanted) ?? 0;
  }

  /** By the value of an attribute. */
  by(declaration: MetricDeclaration, attribute: string): Record<string, number> {
    return Object.fromEntries(
      (this.#series.get(declaration.name) ?? []).map(({ attributes, value }) => [
        attributes[attribute] ?? '',
        value,
      ]),
    );
  }
}

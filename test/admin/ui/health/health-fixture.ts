import type { HealthView, SinkView } from '../../../../src/admin/api/health/health-view.ts';
import type { HistorySeries } from '../../../../src/telemetry/health-history.ts';
import type { HealthSeriesName } from '../../../../src/telemetry/health-reading.ts';

/** A moment at which all is well, local time. */
export const NOW_MS = new Date(2026, 0, 31, 14, 30, 0).getTime();
const INTERVAL_MS = 5000;

export function sinkOf(change: Partial<SinkView> = {}): SinkView {
  return {
    name: 'store',
    state: 'running',
    isStarting: false,
    reason: null,
    troubleSinceMs: null,
    lastError: null,
    waitingBytes: 0,
    lagSeconds: 0,
    requestsUnderWay: 0,
    delivered: 1000,
    duplicates: 0,
    diverted: 0,
    retried: 0,
    deadLetters: 0,
    rejected: 0,
    givenUp: 0,
    ...change,
  };
}

/** A series of a history that ends now: its newest values. */
export function seriesOf(
  name: HealthSeriesName,
  values: readonly (number | null)[],
  of: string | null = null,
): HistorySeries {
  return { name, of, values };
}

/** A gateway that is well, with a history of `series` (all of one length) that ends now. */
export function healthOf(
  change: Partial<HealthView> = {},
  series: readonly HistorySeries[] = [],
): HealthView {
  const count = series[0]?.values.length ?? 0;
  return {
    state: 'running',
    nowMs: NOW_MS,
    startedMs: NOW_MS - 3_600_000,
    recording: 'on',
    reasons: [],
    warnings: [],
    crashHeardOfMs: null,
    sinks: [sinkOf()],
    spool: { usedBytes: 1024 * 1024, limitBytes: 1024 ** 3, giveUpBytes: Math.floor(0.85 * 1024 ** 3) },
    memory: {
      rssBytes: 150 * 1024 ** 2,
      heapBytes: 40 * 1024 ** 2,
      captureUsedBytes: 0,
      captureLimitBytes: 64 * 1024 ** 2,
      deliveryUsedBytes: 0,
      deliveryLimitBytes: 32 * 1024 ** 2,
    },
    threads: [
      {
        name: 'main',
        isAlive: true,
        loopDelay: delayOf(0.002),
        busyShare: 0.04,
        heapBytes: 1e7,
        connections: null,
        sessions: null,
      },
      {
        name: 'data-0',
        isAlive: true,
        loopDelay: delayOf(0.004),
        busyShare: 0.31,
        heapBytes: 2e7,
        connections: 12,
        sessions: 36,
      },
    ],
    totals: {
      requests: 1000,
      errors: 3,
      clientErrors: 12,
      recordsAccepted: 1000,
      recordsDegraded: 0,
      recordsDropped: { 'spool-full': 0, 'disk-error': 0 },
      connectionsAccepted: 200,
      connectionsRefused: 0,
      deadLetterBytes: 0,
    },
    history: {
      intervalMs: INTERVAL_MS,
      timesMs: Array.from({ length: count }, (_, index) => NOW_MS - (count - 1 - index) * INTERVAL_MS),
      series,
    },
    ...change,
  };
}

function delayOf(seconds: number): { p50Seconds: number; p99Seconds: number; maxSeconds: number } {
  return { p50Seconds: seconds / 4, p99Seconds: seconds, maxSeconds: seconds * 2 };
}

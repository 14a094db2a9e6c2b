import type { HealthHistory, HistoryPart } from '../../../telemetry/health-history.ts';
import { SAMPLE_INTERVAL_MS } from '../../../telemetry/health-history.ts';
import type { HealthReport } from '../../../telemetry/health-report.ts';
import type { MetricSnapshot } from '../../../telemetry/metric.ts';
import { sumOfTraffic, type TrafficTotals } from '../../../telemetry/traffic-totals.ts';
import {
  type AdminAnswer,
  type AdminRequest,
  type Endpoint,
  type EndpointDescription,
  json,
  JSON_TYPE,
  problem,
  PROBLEM,
} from '../../endpoint.ts';
import { healthOfNow } from './health-of-now.ts';
import { HEALTH_SCHEMA, METRICS_SCHEMA } from './health-schema.ts';
import type { HealthView, RecordingMode } from './health-view.ts';
import { metricsView, type MetricsView } from './metrics-view.ts';

/** What the health of the gateway is told from; asked at each request. */
export interface HealthSources {
  readonly metrics: () => readonly MetricSnapshot[];
  readonly health: () => HealthReport;
  /** Null before the gateway runs. */
  readonly history: () => HealthHistory | null;
  /** Of each data thread; null where nobody looks at requests, or before the gateway runs. */
  readonly traffic: () => readonly TrafficTotals[] | null;
  readonly recording: () => RecordingMode;
  readonly deliveryBudgetBytes: number;
  /** When the process started, ms since the epoch. */
  readonly startedMs: number;
  readonly nowMs: () => number;
}

export const HEALTH: EndpointDescription = {
  method: 'GET',
  path: '/api/health',
  name: 'health',
  summary: 'How the gateway is: sinks, spool, memory and threads, with the last hour of rates and latencies.',
  parameters: [
    {
      name: 'since',
      in: 'query',
      description:
        'Only samples of the history that are newer, in ms since the epoch: the last time of an earlier answer. Everything else is of now in any case.',
      schema: { type: 'number' },
    },
  ],
  answers: {
    200: { description: 'How it is now.', contentType: JSON_TYPE, schema: HEALTH_SCHEMA },
    400: { description: '`since` is no number.', contentType: JSON_TYPE, schema: PROBLEM },
  },
};

export const METRICS_AS_JSON: EndpointDescription = {
  method: 'GET',
  path: '/api/metrics',
  name: 'metricsAsJson',
  summary: 'All metrics: what `/metrics` says, as JSON.',
  answers: {
    200: { description: 'All metrics that have a series.', contentType: JSON_TYPE, schema: METRICS_SCHEMA },
  },
};

/** Their descriptions. */
export const HEALTH_DESCRIPTIONS = [HEALTH, METRICS_AS_JSON];

const NO_HISTORY: HistoryPart = { intervalMs: SAMPLE_INTERVAL_MS, timesMs: [], series: [] };

/** `/api/health` and `/api/metrics`. */
export function healthEndpoints(sources: HealthSources): Endpoint[] {
  return [
    { description: HEALTH, answer: (request) => answerHealth(request, sources) },
    {
      description: METRICS_AS_JSON,
      answer: () => json(200, metricsView(sources.metrics()) satisfies MetricsView),
    },
  ];
}

function answerHealth({ query }: Pick<AdminRequest, 'query'>, sources: HealthSources): AdminAnswer {
  const given = query.get('since');
  const sinceMs = given === null ? -Infinity : Number(given);
  if (Number.isNaN(sinceMs) || given?.trim() === '')
    return problem(400, 'since: expected a time in milliseconds since the epoch');
  const { deliveryBudgetBytes, startedMs } = sources;
  const traffic = sources.traffic();
  const history = sources.history();
  const view: HealthView = healthOfNow({
    report: sources.health(),
    snapshots: sources.metrics(),
    traffic: traffic === null ? null : sumOfTraffic(traffic),
    history: history?.since(sinceMs) ?? NO_HISTORY,
    busyShare: (thread) => history?.latest('busyShare', thread) ?? null,
    recording: sources.recording(),
    deliveryBudgetBytes,
    startedMs,
    nowMs: sources.nowMs(),
  });
  return json(200, view);
}

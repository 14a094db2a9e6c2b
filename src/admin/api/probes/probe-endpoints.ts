import type { HealthReport } from '../../../telemetry/health-report.ts';
import type { MetricSnapshot } from '../../../telemetry/metric-registry.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from '../../../telemetry/prometheus-text.ts';
import { type Endpoint, type EndpointDescription, JSON_TYPE, text, TEXT_TYPE } from '../../endpoint.ts';
import { readiness, sickness } from './readiness.ts';

/** What probes ask about; asked at each request. */
export interface ProbeSources {
  readonly metrics: () => readonly MetricSnapshot[];
  readonly health: () => HealthReport;
}

const TEXTS = { type: 'array', items: { type: 'string' } };

const METRICS_PAGE: EndpointDescription = {
  method: 'GET',
  path: '/metrics',
  name: 'metrics',
  summary: 'All metrics for Prometheus',
  exposure: 'public',
  answers: { 200: { description: 'Prometheus text 0.0.4.', contentType: PROMETHEUS_CONTENT_TYPE } },
};

const HEALTHZ: EndpointDescription = {
  method: 'GET',
  path: '/healthz',
  name: 'healthz',
  summary: 'Whether the process should go on',
  exposure: 'public',
  answers: {
    200: { description: '`ok`', contentType: TEXT_TYPE },
    503: { description: 'A data thread has ended: restart the process.', contentType: TEXT_TYPE },
  },
};

const READINESS = {
  type: 'object',
  required: ['status', 'reasons', 'warnings', 'threads', 'sinks', 'spool'],
  properties: {
    status: { enum: ['ready', 'not ready'] },
    reasons: { ...TEXTS, description: 'Why no traffic should be sent here.' },
    warnings: { ...TEXTS, description: 'What an operator should look at, though traffic goes on.' },
    threads: { type: 'array', items: { type: 'object' } },
    sinks: { type: 'array', items: { type: 'object' } },
    spool: { type: ['object', 'null'] },
  },
};

const READYZ: EndpointDescription = {
  method: 'GET',
  path: '/readyz',
  name: 'readyz',
  summary: 'Whether traffic may come',
  exposure: 'public',
  answers: {
    200: { description: 'It may.', contentType: JSON_TYPE, schema: READINESS },
    503: {
      description: 'Not all ports are bound, a sink has not been tried yet, or the gateway stops.',
      contentType: JSON_TYPE,
      schema: READINESS,
    },
  },
};

/** Their descriptions. */
export const PROBE_DESCRIPTIONS = [METRICS_PAGE, HEALTHZ, READYZ];

/** `/metrics`, `/healthz`, `/readyz`: for machines, and so without a token. */
export function probeEndpoints({ metrics, health }: ProbeSources): Endpoint[] {
  return [
    {
      description: METRICS_PAGE,
      answer: () => text(200, prometheusText(metrics()), { 'Content-Type': PROMETHEUS_CONTENT_TYPE }),
    },
    {
      description: HEALTHZ,
      answer: () => {
        const sick = sickness(health());
        return sick === null ? text(200, 'ok\n') : text(503, `${sick}\n`);
      },
    },
    {
      description: READYZ,
      answer: () => {
        const ready = readiness(health());
        return {
          status: ready.status === 'ready' ? 200 : 503,
          headers: { 'Content-Type': JSON_TYPE },
          body: `${JSON.stringify(ready, null, 2)}\n`,
        };
      },
    },
  ];
}

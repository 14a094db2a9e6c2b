import type { Dashboard } from '@grafana/schema';
import { METRICS } from '../../../src/telemetry/metric-declarations.ts';
import { prometheusLabel } from '../../../src/telemetry/prometheus-name.ts';
import { dashboard, promQl } from './dashboard.ts';
import { heatmap, type Query, stat, timeSeries } from './panel.ts';

const { requestDuration, requestBodySize, responseBodySize, activeRequests } = METRICS;
const METHOD = 'http.request.method';
const STATUS = 'http.response.status_code';
const ERROR = 'error.type';

const requests = promQl.observations(requestDuration);
/** Answered with a 5xx, or not as they should be; once where both hold. */
const failures = `(${promQl.observations(requestDuration, { where: { [STATUS]: /5../ } })} or vector(0)) + (${promQl.observations(
  requestDuration,
  { where: { [STATUS]: { not: /5../ }, [ERROR]: { not: '' } } },
)} or vector(0))`;
const refusals = `${promQl.observations(requestDuration, { where: { [STATUS]: /4../ } })} or vector(0)`;

const share = (part: string): string => `(${part}) / ${requests}`;
const legend = (attribute: string): string => `{{${prometheusLabel(attribute)}}}`;
const quantiles = (...all: number[]): Query[] =>
  all.map((quantile) => ({
    expr: promQl.quantile(requestDuration, quantile),
    legend: `p${quantile * 100}`,
  }));

/** What the application behind the gateway is like for its clients. */
export const goldenSignals: Dashboard = dashboard({
  uid: 'tapline-golden-signals',
  title: 'Tapline: golden signals',
  description:
    'Rate, errors, latency and saturation of the application, as its clients see it through the gateway.',
  rows: [
    {
      title: 'Now',
      height: 4,
      panels: [
        stat({
          title: 'Requests',
          description: 'Answered requests per second.',
          unit: 'reqps',
          queries: [{ expr: requests, legend: 'requests' }],
        }),
        stat({
          title: 'Failures',
          description: 'Share of requests with a 5xx answer, or none that is whole.',
          unit: 'percentunit',
          queries: [{ expr: share(failures), legend: 'failures' }],
          thresholds: [0.01, 0.05],
        }),
        ...quantiles(0.5, 0.99).map((query) =>
          stat({
            title: `Latency ${query.legend}`,
            description: 'From the first byte of a request to the last of its answer.',
            unit: 's',
            queries: [query],
          }),
        ),
        stat({
          title: 'Active',
          description: 'Requests under way.',
          unit: 'short',
          queries: [{ expr: promQl.sum(activeRequests), legend: 'active' }],
        }),
      ],
    },
    {
      title: 'Rate',
      height: 8,
      panels: [
        timeSeries({
          title: 'Requests by method',
          description: 'Requests per second.',
          unit: 'reqps',
          isStacked: true,
          queries: [{ expr: promQl.observations(requestDuration, { by: [METHOD] }), legend: legend(METHOD) }],
        }),
        timeSeries({
          title: 'Requests by status',
          description: 'Requests per second; without a status: no answer came.',
          unit: 'reqps',
          isStacked: true,
          queries: [{ expr: promQl.observations(requestDuration, { by: [STATUS] }), legend: legend(STATUS) }],
        }),
        timeSeries({
          title: 'Requests by protocol',
          description: 'Requests per second by version of HTTP and scheme.',
          unit: 'reqps',
          isStacked: true,
          queries: [
            {
              expr: promQl.observations(requestDuration, { by: ['url.scheme', 'network.protocol.version'] }),
              legend: `${legend('url.scheme')} ${legend('network.protocol.version')}`,
            },
          ],
        }),
      ],
    },
    {
      title: 'Errors',
      height: 8,
      panels: [
        timeSeries({
          title: 'Failures and refusals',
          description:
            'Failures are 5xx and broken answers, refusals are 4xx; both as shares of all requests.',
          unit: 'percentunit',
          queries: [
            { expr: share(failures), legend: 'failures' },
            { expr: share(refusals), legend: '4xx' },
          ],
        }),
        timeSeries({
          title: 'Failures by type',
          description: 'Failures per second by what went wrong.',
          unit: 'reqps',
          isStacked: true,
          queries: [
            {
              expr: promQl.observations(requestDuration, { where: { [ERROR]: { not: '' } }, by: [ERROR] }),
              legend: legend(ERROR),
            },
          ],
        }),
      ],
    },
    {
      title: 'Latency',
      height: 8,
      panels: [
        timeSeries({
          title: 'Percentiles',
          description: 'Of all requests. Values above 10 s are shown as 10 s: the last bound of the buckets.',
          unit: 's',
          queries: quantiles(0.5, 0.9, 0.95, 0.99),
        }),
        timeSeries({
          title: 'p95 by method',
          description: '95 of 100 requests of the method took less.',
          unit: 's',
          queries: [
            { expr: promQl.quantile(requestDuration, 0.95, { by: [METHOD] }), legend: legend(METHOD) },
          ],
        }),
        timeSeries({
          title: 'p95 by status',
          description: 'Slow errors are timeouts; fast ones are refusals.',
          unit: 's',
          queries: [
            { expr: promQl.quantile(requestDuration, 0.95, { by: [STATUS] }), legend: legend(STATUS) },
          ],
        }),
      ],
    },
    {
      title: 'Distribution',
      height: 8,
      panels: [
        heatmap({
          title: 'Durations',
          description: 'Requests per second and bucket: two bands are two kinds of requests.',
          unit: 's',
          queries: [{ expr: promQl.buckets(requestDuration), legend: '{{le}}' }],
        }),
      ],
    },
    {
      title: 'Saturation',
      height: 8,
      panels: [
        timeSeries({
          title: 'Active requests',
          description: 'Rising while the rate does not: the application is at its limit.',
          unit: 'short',
          queries: [{ expr: promQl.sum(activeRequests, { isPerInstance: true }), legend: '{{instance}}' }],
        }),
        timeSeries({
          title: 'Bodies',
          description: 'Bytes of bodies per second.',
          unit: 'Bps',
          queries: [
            { expr: promQl.observed(requestBodySize), legend: 'requests' },
            { expr: promQl.observed(responseBodySize), legend: 'answers' },
          ],
        }),
        timeSeries({
          title: 'Size of bodies',
          description: '95 of 100 bodies are smaller.',
          unit: 'bytes',
          queries: [
            { expr: promQl.quantile(requestBodySize, 0.95), legend: 'requests p95' },
            { expr: promQl.quantile(responseBodySize, 0.95), legend: 'answers p95' },
          ],
        }),
      ],
    },
  ],
});

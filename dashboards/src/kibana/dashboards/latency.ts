import { all, below, from } from '../filter.ts';
import { average, count, type DashboardPlan, max, metric, overTime, percentile, top } from '../panel.ts';
import { EXCHANGES, STATUS_CLASSES } from '../records.ts';

const DURATION = 'event.duration';
const FIRST_BYTE = 'tapline.response.first_byte';
const MS = 1e6;

/** Bands of durations that people tell apart. */
const BANDS = [
  { label: 'below 10 ms', where: below(DURATION, 10 * MS) },
  { label: '10 to 100 ms', where: all(from(DURATION, 10 * MS), below(DURATION, 100 * MS)) },
  { label: '100 ms to 1 s', where: all(from(DURATION, 100 * MS), below(DURATION, 1000 * MS)) },
  { label: '1 s and more', where: from(DURATION, 1000 * MS) },
] as const;

/** How long things take. */
export const latency: DashboardPlan = {
  id: 'tapline-latency',
  title: 'Tapline: latency',
  description:
    'How long exchanges take, from the first byte of the request to the last of the answer, and which are slow. Tunnels are left out.',
  rows: [
    {
      height: 6,
      panels: [50, 95, 99].map((value) =>
        metric(
          `tapline-latency-p${value}`,
          `p${value}`,
          `${value} of 100 exchanges took less.`,
          EXCHANGES,
          percentile(DURATION, value),
        ),
      ),
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-latency-percentiles',
          title: 'Duration',
          description: 'Percentiles of whole exchanges.',
          where: EXCHANGES,
          shape: 'line',
          buckets: [overTime],
          measures: [percentile(DURATION, 50), percentile(DURATION, 95), percentile(DURATION, 99)],
        },
        {
          id: 'tapline-latency-first-byte',
          title: 'Until the first byte of the answer',
          description: 'How long the application thinks; what is above it in the duration is the body.',
          where: EXCHANGES,
          shape: 'line',
          buckets: [overTime],
          measures: [percentile(FIRST_BYTE, 50), percentile(FIRST_BYTE, 95), percentile(FIRST_BYTE, 99)],
        },
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-latency-bands',
          title: 'Exchanges by duration',
          description: 'How many are how slow.',
          where: EXCHANGES,
          shape: 'bar',
          buckets: [overTime, { kind: 'classes', label: 'Duration', classes: BANDS }],
          measures: [count('Exchanges')],
        },
        {
          id: 'tapline-latency-statuses',
          title: 'p95 by status',
          description: 'Slow errors are timeouts, fast ones refusals.',
          where: EXCHANGES,
          shape: 'line',
          buckets: [overTime, { kind: 'classes', label: 'Status', classes: STATUS_CLASSES }],
          measures: [percentile(DURATION, 95)],
        },
      ],
    },
    {
      height: 14,
      panels: [
        {
          id: 'tapline-latency-paths',
          title: 'Latency by path',
          description: 'The paths with the highest p95.',
          where: EXCHANGES,
          shape: 'table',
          buckets: [top('url.path', 50, 'Path')],
          measures: [
            percentile(DURATION, 95),
            percentile(DURATION, 50),
            percentile(DURATION, 99),
            max(DURATION, 'Slowest'),
            percentile(FIRST_BYTE, 95, 'First byte p95'),
            count('Exchanges'),
          ],
        },
        {
          id: 'tapline-latency-methods',
          title: 'Latency by method',
          description: 'The methods with the highest p95.',
          where: EXCHANGES,
          shape: 'table',
          buckets: [top('http.request.method', 10, 'Method')],
          measures: [percentile(DURATION, 95), average(DURATION, 'Mean'), count('Exchanges')],
        },
      ],
      widths: [32, 16],
    },
  ],
};

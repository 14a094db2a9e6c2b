import type { FieldName } from '../fields.ts';
import { all, exists } from '../filter.ts';
import { count, type DashboardPlan, type List, max, metric, sum, top } from '../panel.ts';
import { EXCHANGES, REQUESTS } from '../records.ts';

const COLUMNS: readonly FieldName[] = [
  'event.duration',
  'http.request.bytes',
  'http.response.bytes',
  'http.request.method',
  'url.original',
  'http.response.status_code',
  'client.address',
];

function list(facts: Pick<List, 'id' | 'title' | 'description' | 'where' | 'sort'>): List {
  return { ...facts, shape: 'list', columns: COLUMNS };
}

/** The exchanges that stand out. */
export const extremes: DashboardPlan = {
  id: 'tapline-extremes',
  title: 'Tapline: slowest and largest exchanges',
  description: 'The exchanges that stand out, one by one, and the paths that they belong to.',
  rows: [
    {
      height: 6,
      panels: [
        metric(
          'tapline-extremes-slowest',
          'Slowest exchange',
          'Tunnels are left out.',
          EXCHANGES,
          max('event.duration', 'Duration'),
        ),
        metric(
          'tapline-extremes-largest-request',
          'Largest body of a request',
          'As it came, without transfer coding.',
          REQUESTS,
          max('http.request.body.bytes', 'Bytes'),
        ),
        metric(
          'tapline-extremes-largest-response',
          'Largest body of an answer',
          'As it came, without transfer coding.',
          REQUESTS,
          max('http.response.body.bytes', 'Bytes'),
        ),
      ],
    },
    {
      height: 14,
      panels: [
        list({
          id: 'tapline-slowest',
          title: 'Slowest exchanges',
          description: 'The slowest first.',
          where: EXCHANGES,
          sort: 'event.duration',
        }),
      ],
    },
    {
      height: 14,
      panels: [
        list({
          id: 'tapline-largest-responses',
          title: 'Largest answers',
          description: 'The largest first.',
          where: all(REQUESTS, exists('http.response.status_code')),
          sort: 'http.response.bytes',
        }),
        list({
          id: 'tapline-largest-requests',
          title: 'Largest requests',
          description: 'The largest first.',
          where: REQUESTS,
          sort: 'http.request.bytes',
        }),
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-extremes-time-by-path',
          title: 'Where the time goes',
          description: 'Paths by the sum of the time of their exchanges: what to make faster first.',
          where: EXCHANGES,
          shape: 'table',
          buckets: [top('url.path', 30, 'Path')],
          measures: [
            sum('event.duration', 'All together'),
            max('event.duration', 'Slowest'),
            count('Exchanges'),
          ],
        },
        {
          id: 'tapline-extremes-bytes-by-path',
          title: 'Where the bytes go',
          description: 'Paths by the sum of the bytes of their answers.',
          where: REQUESTS,
          shape: 'table',
          buckets: [top('url.path', 30, 'Path')],
          measures: [
            sum('http.response.bytes', 'All together'),
            max('http.response.bytes', 'Largest'),
            count('Requests'),
          ],
        },
      ],
    },
  ],
};

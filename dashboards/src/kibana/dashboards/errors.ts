import { all, from, is, not } from '../filter.ts';
import { count, type DashboardPlan, metric, overTime, share, top } from '../panel.ts';
import { FAILED, FAILURES, REQUESTS } from '../records.ts';

const REFUSALS = is('tapline.kind', 'refusal');
const SERVER_ERROR = from('http.response.status_code', 500);
const BY_GATEWAY = is('tapline.response.from_gateway', true);

/** What went wrong, whose fault it was, and where to look. */
export const errors: DashboardPlan = {
  id: 'tapline-errors',
  title: 'Tapline: errors',
  description:
    'What went wrong, whether the application, its clients or the way between them is to blame, and each case.',
  rows: [
    {
      height: 6,
      panels: [
        metric('tapline-errors-failures', 'Failures', '5xx, broken or refused.', FAILURES, count('Failures')),
        metric(
          'tapline-errors-share',
          'Share of failures',
          'Of all requests.',
          REQUESTS,
          share('Failures', FAILED),
        ),
        metric(
          'tapline-errors-5xx',
          '5xx of the application',
          'Answered 5xx by the application itself.',
          all(REQUESTS, SERVER_ERROR),
          count('5xx', all(SERVER_ERROR, not(BY_GATEWAY))),
        ),
        metric(
          'tapline-errors-by-gateway',
          'Answered by the gateway',
          'No answer came from the application (502, 503, 504), or the request was refused.',
          all(REQUESTS, BY_GATEWAY),
          count('Answers'),
        ),
        metric(
          'tapline-errors-refusals',
          'Refused',
          'Requests that two parsers could read differently, or beyond a limit; they never reached the application.',
          REFUSALS,
          count('Refusals'),
        ),
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-errors-types-over-time',
          title: 'Failures by type',
          description: 'What went wrong on the way; a 5xx of the application has no type.',
          where: FAILURES,
          shape: 'bar',
          buckets: [overTime, top('error.type', 10, 'Type')],
          measures: [count('Failures')],
        },
        {
          id: 'tapline-errors-statuses-over-time',
          title: 'Statuses from 400 on',
          description: 'Answers by status, of the application and of the gateway.',
          where: all(REQUESTS, from('http.response.status_code', 400)),
          shape: 'bar',
          buckets: [overTime, top('http.response.status_code', 10, 'Status')],
          measures: [count('Answers')],
        },
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-errors-paths',
          title: 'Paths that fail',
          description: 'Where the failures are.',
          where: FAILURES,
          shape: 'table',
          buckets: [top('url.path', 50, 'Path'), top('http.response.status_code', 3, 'Status')],
          measures: [count('Failures')],
        },
        {
          id: 'tapline-errors-clients',
          title: 'Clients with failures',
          description: 'Whose requests fail, and how many of them.',
          where: REQUESTS,
          shape: 'table',
          buckets: [top('client.address', 50, 'Client')],
          measures: [count('Failures', FAILED), count('Requests'), share('Share', FAILED)],
        },
        {
          id: 'tapline-errors-upstreams',
          title: 'Applications that fail',
          description: 'By the address that the gateway connected to.',
          where: FAILURES,
          shape: 'table',
          buckets: [top('server.address', 20, 'Application'), top('error.type', 3, 'Type')],
          measures: [count('Failures')],
        },
      ],
    },
    {
      height: 14,
      panels: [
        {
          id: 'tapline-failures',
          title: 'Each failure',
          description: 'The newest first.',
          where: FAILURES,
          shape: 'list',
          columns: [
            'http.request.method',
            'url.original',
            'http.response.status_code',
            'error.type',
            'error.message',
            'client.address',
            'trace.id',
          ],
          sort: '@timestamp',
        },
      ],
    },
    {
      height: 10,
      panels: [
        {
          id: 'tapline-refusals',
          title: 'Each refusal',
          description: 'What stood where a head should be, redacted.',
          where: REFUSALS,
          shape: 'list',
          columns: ['error.type', 'error.message', 'client.address', 'tapline.refused.head'],
          sort: '@timestamp',
        },
      ],
    },
  ],
};

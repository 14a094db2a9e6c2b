import { all, exists } from '../filter.ts';
import { count, type DashboardPlan, metric, overTime, share, sum, top, unique } from '../panel.ts';
import { FAILED, REQUESTS } from '../records.ts';

/** Who called what. */
export const callers: DashboardPlan = {
  id: 'tapline-callers',
  title: 'Tapline: who called what',
  description:
    'Clients, what they call with, and what they call. Search for an address or a path to see only its part.',
  rows: [
    {
      height: 6,
      panels: [
        metric(
          'tapline-callers-clients',
          'Clients',
          'Different addresses.',
          REQUESTS,
          unique('client.address', 'Clients'),
        ),
        metric(
          'tapline-callers-agents',
          'User agents',
          'Different names that clients give themselves.',
          REQUESTS,
          unique('user_agent.original', 'User agents'),
        ),
        metric(
          'tapline-callers-paths',
          'Paths',
          'Different paths that were called.',
          REQUESTS,
          unique('url.path', 'Paths'),
        ),
        metric(
          'tapline-callers-traced',
          'With a trace',
          'Share of requests that belong to a trace (traceparent).',
          REQUESTS,
          share('With a trace', exists('trace.id')),
        ),
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-callers-over-time',
          title: 'Requests by client',
          description: 'The ten busiest clients.',
          where: REQUESTS,
          shape: 'area',
          buckets: [overTime, top('client.address', 10, 'Client')],
          measures: [count('Requests')],
        },
        {
          id: 'tapline-callers-agents-over-time',
          title: 'Requests by user agent',
          description: 'The ten most frequent.',
          where: REQUESTS,
          shape: 'area',
          buckets: [overTime, top('user_agent.original', 10, 'User agent')],
          measures: [count('Requests')],
        },
      ],
    },
    {
      height: 14,
      panels: [
        {
          id: 'tapline-callers-table',
          title: 'Clients',
          description: 'The busiest, with what they called and what came of it.',
          where: REQUESTS,
          shape: 'table',
          buckets: [top('client.address', 50, 'Client')],
          measures: [
            count('Requests'),
            unique('url.path', 'Paths'),
            share('Failures', FAILED),
            sum('http.request.bytes', 'Bytes sent'),
            sum('http.response.bytes', 'Bytes received'),
          ],
        },
        {
          id: 'tapline-callers-calls',
          title: 'Who calls what',
          description: 'Client, method and path.',
          where: REQUESTS,
          shape: 'table',
          buckets: [
            top('client.address', 10, 'Client'),
            top('http.request.method', 4, 'Method'),
            top('url.path', 10, 'Path'),
          ],
          measures: [count('Requests')],
        },
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-callers-referrers',
          title: 'Referrers',
          description: 'Pages that requests came from.',
          where: all(REQUESTS, exists('http.request.referrer')),
          shape: 'table',
          buckets: [top('http.request.referrer', 20, 'Referrer')],
          measures: [count('Requests')],
        },
        {
          id: 'tapline-callers-services',
          title: 'Services',
          description: 'By the name that the gateway was given (--service-name), host and version of HTTP.',
          where: REQUESTS,
          shape: 'table',
          buckets: [
            top('service.name', 10, 'Service'),
            top('url.domain', 10, 'Host'),
            top('http.version', 3, 'HTTP'),
          ],
          measures: [count('Requests'), unique('client.address', 'Clients')],
        },
        {
          id: 'tapline-callers-sent-types',
          title: 'Media types of requests',
          description: 'As found in the content, not as declared.',
          where: REQUESTS,
          shape: 'donut',
          buckets: [top('http.request.mime_type', 8, 'Media type')],
          measures: [count('Requests')],
        },
      ],
    },
  ],
};

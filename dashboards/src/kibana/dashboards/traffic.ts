import {
  count,
  type DashboardPlan,
  metric,
  overTime,
  percentile,
  share,
  sum,
  top,
  unique,
} from '../panel.ts';
import { EXCHANGES, FAILED, REQUESTS, STATUS_CLASSES } from '../records.ts';

/** What goes through, at a glance. */
export const traffic: DashboardPlan = {
  id: 'tapline-traffic',
  title: 'Tapline: traffic overview',
  description: 'What goes through the gateway: how much, from whom, to what, and how it went.',
  rows: [
    {
      height: 6,
      panels: [
        metric(
          'tapline-traffic-requests',
          'Requests',
          'Requests within the time shown.',
          REQUESTS,
          count('Requests'),
        ),
        metric(
          'tapline-traffic-failures',
          'Failures',
          'Share of requests that were answered 5xx, not wholly, or refused.',
          REQUESTS,
          share('Failures', FAILED),
        ),
        metric(
          'tapline-traffic-p95',
          'Latency p95',
          '95 of 100 exchanges took less.',
          EXCHANGES,
          percentile('event.duration', 95, 'p95'),
        ),
        metric(
          'tapline-traffic-clients',
          'Clients',
          'Different client addresses.',
          REQUESTS,
          unique('client.address', 'Clients'),
        ),
        metric(
          'tapline-traffic-bytes',
          'Sent to clients',
          'Bytes of answers, heads and framing included.',
          REQUESTS,
          sum('http.response.bytes', 'Bytes'),
        ),
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-traffic-status-over-time',
          title: 'Requests by status',
          description: 'Requests with an answer, by class of its status.',
          where: REQUESTS,
          shape: 'bar',
          buckets: [overTime, { kind: 'classes', label: 'Status', classes: STATUS_CLASSES }],
          measures: [count('Requests')],
        },
        {
          id: 'tapline-traffic-methods-over-time',
          title: 'Requests by method',
          description: 'Requests whose method could be read.',
          where: REQUESTS,
          shape: 'bar',
          buckets: [overTime, top('http.request.method', 8, 'Method')],
          measures: [count('Requests')],
        },
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-traffic-paths',
          title: 'Paths',
          description: 'The most requested paths, with their failures and their latency.',
          where: REQUESTS,
          shape: 'table',
          buckets: [top('url.path', 50, 'Path')],
          measures: [count('Requests'), share('Failures', FAILED), percentile('event.duration', 95, 'p95')],
        },
        {
          id: 'tapline-traffic-bytes-over-time',
          title: 'Bytes',
          description: 'Bytes from and to clients, heads and framing included.',
          where: REQUESTS,
          shape: 'line',
          buckets: [overTime],
          measures: [sum('http.request.bytes', 'From clients'), sum('http.response.bytes', 'To clients')],
        },
      ],
      widths: [30, 18],
    },
    {
      height: 10,
      panels: [
        {
          id: 'tapline-traffic-hosts',
          title: 'Hosts',
          description: 'Host names that were asked for.',
          where: REQUESTS,
          shape: 'donut',
          buckets: [top('url.domain', 8, 'Host')],
          measures: [count('Requests')],
        },
        {
          id: 'tapline-traffic-media-types',
          title: 'Media types of answers',
          description: 'As found in the content, not as declared.',
          where: REQUESTS,
          shape: 'donut',
          buckets: [top('http.response.mime_type', 8, 'Media type')],
          measures: [count('Answers')],
        },
        {
          id: 'tapline-traffic-kinds',
          title: 'Kinds of requests',
          description:
            'Exchanges, tunnels (upgrades), requests that were refused, and bytes that were no request.',
          where: REQUESTS,
          shape: 'donut',
          buckets: [top('tapline.kind', 5, 'Kind')],
          measures: [count('Requests')],
        },
      ],
    },
    {
      height: 16,
      panels: [
        {
          id: 'tapline-exchanges',
          title: 'Exchanges',
          description: 'Every request, the newest first.',
          where: REQUESTS,
          shape: 'list',
          columns: [
            'http.request.method',
            'url.original',
            'http.response.status_code',
            'event.duration',
            'http.response.bytes',
            'client.address',
            'error.type',
          ],
          sort: '@timestamp',
        },
      ],
    },
  ],
};

import { any, exists, is } from '../filter.ts';
import {
  count,
  type DashboardPlan,
  max,
  metric,
  min,
  overTime,
  percentile,
  share,
  sum,
  top,
} from '../panel.ts';
import { GAPS, REQUESTS, SUMMARIES } from '../records.ts';

const CUT = any(is('tapline.request.body.truncated', true), is('tapline.response.body.truncated', true));
/** Records of every kind: all take a number. */
const RECORDS = exists('event.sequence');
const DELAY = 'tapline.delivery_delay';

/** Whether anything is missing, and how late records arrive. */
export const delivery: DashboardPlan = {
  id: 'tapline-delivery',
  title: 'Tapline: gaps and delivery',
  description:
    'Whether records are missing, and how late they arrive. This is what is known here; `tapline verify --elasticsearch` compares it with the ledger of the gateway.',
  rows: [
    {
      height: 6,
      panels: [
        metric(
          'tapline-delivery-lost',
          'Records lost',
          'As gap records tell. Nothing here means: no gap was told of.',
          GAPS,
          sum('tapline.gap.count', 'Lost'),
        ),
        metric(
          'tapline-delivery-records',
          'Records of requests',
          'That are here.',
          REQUESTS,
          count('Records'),
        ),
        metric(
          'tapline-delivery-delay-p95',
          'Delay p95',
          'From the end of an exchange to its arrival here.',
          REQUESTS,
          percentile(DELAY, 95),
        ),
        metric(
          'tapline-delivery-cut',
          'Bodies cut',
          'Share of records with a body that was longer than what is recorded (--max-body-capture).',
          REQUESTS,
          share('Cut', CUT),
        ),
        metric(
          'tapline-delivery-redacted',
          'Secrets redacted',
          'Values that were replaced before the record was made.',
          REQUESTS,
          sum('tapline.redacted', 'Redacted'),
        ),
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-delivery-gaps-over-time',
          title: 'Records lost',
          description: 'By reason.',
          where: GAPS,
          shape: 'bar',
          buckets: [overTime, top('tapline.gap.reason', 8, 'Reason')],
          measures: [sum('tapline.gap.count', 'Lost')],
        },
        {
          id: 'tapline-delivery-delay',
          title: 'Delay of delivery',
          description:
            'From the end of an exchange to its arrival here. It rises after an outage, while the spool is emptied.',
          where: REQUESTS,
          shape: 'line',
          buckets: [overTime],
          measures: [percentile(DELAY, 50), percentile(DELAY, 95), max(DELAY, 'highest')],
        },
      ],
    },
    {
      height: 12,
      panels: [
        {
          id: 'tapline-delivery-runs',
          title: 'Runs and threads',
          description:
            'Records of every kind take numbers without gaps within a run and thread: over its whole life, the last less the first and one more is what is here, together with what gaps tell of.',
          where: RECORDS,
          shape: 'table',
          buckets: [top('tapline.run.id', 20, 'Run'), top('tapline.thread', 16, 'Thread')],
          measures: [
            count('Records'),
            min('event.sequence', 'First number'),
            max('event.sequence', 'Last number'),
            sum('tapline.gap.count', 'Lost'),
          ],
        },
        {
          id: 'tapline-delivery-bodies',
          title: 'Bodies that are not whole',
          description:
            'What is recorded of a body may be less than what passed; that is marked in the record.',
          where: REQUESTS,
          shape: 'bar',
          buckets: [
            overTime,
            {
              kind: 'classes',
              label: 'Body',
              classes: [
                { label: 'request cut', where: is('tapline.request.body.truncated', true) },
                { label: 'answer cut', where: is('tapline.response.body.truncated', true) },
                { label: 'answer not decoded', where: exists('tapline.response.body.decode_error') },
              ],
            },
          ],
          measures: [count('Records')],
        },
      ],
    },
    {
      height: 10,
      panels: [
        {
          id: 'tapline-delivery-left-out-over-time',
          title: 'Exchanges without a record',
          description: 'Exchanges that capture rules left without a record, by rule.',
          where: SUMMARIES,
          shape: 'bar',
          buckets: [overTime, top('tapline.rule', 10, 'Rule')],
          measures: [sum('tapline.summary.count', 'Exchanges')],
        },
        {
          id: 'tapline-delivery-left-out',
          title: 'Left out by rule',
          description: 'What capture rules left without a record: exchanges and their bytes.',
          where: SUMMARIES,
          shape: 'table',
          buckets: [top('tapline.rule', 30, 'Rule'), top('tapline.capture', 4, 'Keeps')],
          measures: [
            sum('tapline.summary.count', 'Exchanges'),
            sum('tapline.summary.source_bytes', 'Bytes from clients'),
            sum('tapline.summary.destination_bytes', 'Bytes to clients'),
          ],
        },
      ],
    },
    {
      height: 10,
      panels: [
        {
          id: 'tapline-gaps',
          title: 'Each gap',
          description: 'Which numbers are missing, and the bytes that went with them.',
          where: GAPS,
          shape: 'list',
          columns: [
            'tapline.gap.count',
            'tapline.gap.reason',
            'tapline.gap.from',
            'tapline.gap.to',
            'tapline.gap.source_bytes',
            'tapline.gap.destination_bytes',
            'tapline.run.id',
            'tapline.thread',
          ],
          sort: '@timestamp',
        },
      ],
    },
  ],
};

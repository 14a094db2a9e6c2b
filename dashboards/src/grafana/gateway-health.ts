import type { Dashboard } from '@grafana/schema';
import { METRICS } from '../../../src/telemetry/metric-declarations.ts';
import { prometheusLabel } from '../../../src/telemetry/prometheus-name.ts';
import { dashboard, promQl } from './dashboard.ts';
import { stat, stateTimeline, timeSeries } from './panel.ts';

const SINK = 'tapline.sink';
const REASON = 'tapline.reason';
const OUTCOME = 'tapline.outcome';

const legend = (attribute: string): string => `{{${prometheusLabel(attribute)}}}`;
const orNone = (expr: string): string => `${expr} or vector(0)`;
/** The fullest of the gateways; limit and size are of the same one. */
const spoolShare = `max(${promQl.series(METRICS.spoolBytes)} / ${promQl.series(METRICS.spoolLimit)})`;

/** Whether the gateway itself is well and its records arrive. */
export const gatewayHealth: Dashboard = dashboard({
  uid: 'tapline-gateway-health',
  title: 'Tapline: gateway health',
  description:
    'Whether records arrive where they should, what is in the way, and what the gateway needs for it.',
  rows: [
    {
      title: 'Now',
      height: 4,
      panels: [
        stat({
          title: 'Gateways',
          description: 'Gateways that answered the last scrape.',
          unit: 'short',
          queries: [{ expr: `count(${promQl.series(METRICS.spoolLimit)})`, legend: 'gateways' }],
        }),
        stat({
          title: 'Records dropped',
          description:
            'Within the time shown. Each is told of by a gap record: see the dashboard "gaps and delivery" of Kibana.',
          unit: 'short',
          queries: [{ expr: orNone(promQl.risen(METRICS.recordsDropped, '$__range')), legend: 'dropped' }],
          thresholds: [1, 1],
        }),
        stat({
          title: 'Dead letters',
          description: 'Within the time shown. `tapline dead-letters list` says which and why.',
          unit: 'short',
          queries: [
            { expr: orNone(promQl.risen(METRICS.sinkDeadLetters, '$__range')), legend: 'dead letters' },
          ],
          thresholds: [1, 100],
        }),
        stat({
          title: 'Highest lag',
          description: 'Age of the oldest record that some sink has not taken.',
          unit: 's',
          queries: [{ expr: promQl.max(METRICS.sinkLag), legend: 'lag' }],
          thresholds: [30, 300],
        }),
        stat({
          title: 'Spool',
          description: 'The fullest spool. At 100 % the oldest records are dropped.',
          unit: 'percentunit',
          max: 1,
          queries: [{ expr: spoolShare, legend: 'filled' }],
          thresholds: [0.5, 0.8],
        }),
      ],
    },
    {
      title: 'Spool and sinks',
      height: 8,
      panels: [
        timeSeries({
          title: 'Spool against its limit',
          description: 'Bytes on disk that some sink has not taken. Grows while a sink is down.',
          unit: 'bytes',
          queries: [
            { expr: promQl.sum(METRICS.spoolBytes, { isPerInstance: true }), legend: '{{instance}}' },
            { expr: promQl.sum(METRICS.spoolLimit, { isPerInstance: true }), legend: '{{instance}} limit' },
          ],
        }),
        timeSeries({
          title: 'Lag by sink',
          description:
            'Age of the oldest record that the sink has not taken; seconds are well, minutes are not.',
          unit: 's',
          queries: [{ expr: promQl.max(METRICS.sinkLag, { by: [SINK] }), legend: legend(SINK) }],
        }),
        timeSeries({
          title: 'Waiting by sink',
          description: 'Bytes of the spool that the sink has not taken.',
          unit: 'bytes',
          queries: [{ expr: promQl.sum(METRICS.sinkPendingBytes, { by: [SINK] }), legend: legend(SINK) }],
        }),
      ],
    },
    {
      title: 'State of the sinks',
      height: 7,
      panels: [
        stateTimeline({
          title: 'States',
          alarming: /paused|blocked/,
          description:
            'Coloured while a gateway has the sink in this state. Paused and blocked wait for somebody: the log says for what.',
          unit: 'short',
          queries: [
            {
              expr: promQl.sum(METRICS.sinkState, { by: [SINK, 'tapline.state'] }),
              legend: `${legend(SINK)} ${legend('tapline.state')}`,
            },
          ],
        }),
      ],
    },
    {
      title: 'Delivery',
      height: 8,
      panels: [
        timeSeries({
          title: 'Delivered',
          description:
            'Records per second that a sink has taken. Those that it had already, or that it put aside (the failure store), are among them.',
          unit: 'cps',
          queries: [
            { expr: promQl.rate(METRICS.sinkDelivered, { by: [SINK] }), legend: legend(SINK) },
            {
              expr: promQl.rate(METRICS.sinkDuplicates, { by: [SINK] }),
              legend: `${legend(SINK)} had it already`,
            },
            { expr: promQl.rate(METRICS.sinkDiverted, { by: [SINK] }), legend: `${legend(SINK)} put aside` },
            {
              expr: promQl.rate(METRICS.sinkRejected, { by: [SINK] }),
              legend: `${legend(SINK)} rejected by the receiver`,
            },
          ],
        }),
        timeSeries({
          title: 'Requests by outcome',
          description: 'Requests per second to the sinks.',
          unit: 'reqps',
          isStacked: true,
          queries: [
            {
              expr: promQl.rate(METRICS.sinkRequests, { by: [SINK, OUTCOME] }),
              legend: `${legend(SINK)} ${legend(OUTCOME)}`,
            },
          ],
        }),
        timeSeries({
          title: 'Duration of requests',
          description: 'From sending a batch to its answer.',
          unit: 's',
          queries: [0.5, 0.99].map((quantile) => ({
            expr: promQl.quantile(METRICS.sinkRequestDuration, quantile, { by: [SINK] }),
            legend: `${legend(SINK)} p${quantile * 100}`,
          })),
        }),
        timeSeries({
          title: 'Under way',
          description: 'Requests at a time; it falls where a sink asks for less.',
          unit: 'short',
          queries: [{ expr: promQl.sum(METRICS.sinkInFlight, { by: [SINK] }), legend: legend(SINK) }],
        }),
      ],
    },
    {
      title: 'Trouble',
      height: 8,
      panels: [
        timeSeries({
          title: 'Sent again',
          description: 'Records per second that had to be sent again.',
          unit: 'cps',
          queries: [{ expr: promQl.rate(METRICS.sinkRetried, { by: [SINK] }), legend: legend(SINK) }],
        }),
        timeSeries({
          title: 'Refused, given up or cut',
          description:
            'Records per second that became dead letters, that were given up for the sink because the spool was full, or whose bodies were cut because the sink takes none so large.',
          unit: 'cps',
          queries: [
            {
              expr: promQl.rate(METRICS.sinkDeadLetters, { by: [SINK] }),
              legend: `${legend(SINK)} dead letters`,
            },
            { expr: promQl.rate(METRICS.sinkGivenUp, { by: [SINK] }), legend: `${legend(SINK)} given up` },
            { expr: promQl.rate(METRICS.sinkTruncated, { by: [SINK] }), legend: `${legend(SINK)} cut` },
          ],
        }),
        timeSeries({
          title: 'Dead letters on disk',
          description: 'Until they are sent again or dropped: `tapline dead-letters`.',
          unit: 'bytes',
          queries: [
            { expr: promQl.sum(METRICS.deadLetterBytes, { isPerInstance: true }), legend: '{{instance}}' },
          ],
        }),
      ],
    },
    {
      title: 'Records',
      height: 8,
      panels: [
        timeSeries({
          title: 'Made',
          description: 'Records per second that were made of exchanges.',
          unit: 'cps',
          queries: [
            { expr: promQl.rate(METRICS.recordsAccepted, { isPerInstance: true }), legend: '{{instance}}' },
          ],
        }),
        timeSeries({
          title: 'Dropped or without a body',
          description: 'Records per second that were lost, or lost a body, for want of room.',
          unit: 'cps',
          queries: [
            {
              expr: promQl.rate(METRICS.recordsDropped, { by: [REASON] }),
              legend: `dropped: ${legend(REASON)}`,
            },
            {
              expr: promQl.rate(METRICS.recordsDegraded, { by: [REASON] }),
              legend: `degraded: ${legend(REASON)}`,
            },
          ],
        }),
        timeSeries({
          title: 'Left out by rule',
          description: 'Exchanges per second of which a capture rule left out something.',
          unit: 'cps',
          queries: [
            {
              expr: promQl.rate(METRICS.recordsLeftOut, { by: ['tapline.rule', 'tapline.capture'] }),
              legend: `${legend('tapline.rule')}: ${legend('tapline.capture')}`,
            },
          ],
        }),
        timeSeries({
          title: 'Connections',
          description: 'Client connections per second, by what became of them at the door.',
          unit: 'cps',
          queries: [{ expr: promQl.rate(METRICS.connections, { by: [OUTCOME] }), legend: legend(OUTCOME) }],
        }),
        timeSeries({
          title: 'Open connections and sessions',
          description: 'Client connections that are open, and sessions of the program that they are in.',
          unit: 'short',
          queries: [
            {
              expr: promQl.sum(METRICS.connectionsOpen, { isPerInstance: true }),
              legend: '{{instance}} connections',
            },
            { expr: promQl.sum(METRICS.sessions, { isPerInstance: true }), legend: '{{instance}} sessions' },
          ],
        }),
      ],
    },
    {
      title: 'Process',
      height: 8,
      panels: [
        timeSeries({
          title: 'Memory',
          description:
            'Resident memory. It must not grow with time, nor with a sink that is down beyond the byte budget.',
          unit: 'bytes',
          queries: [{ expr: promQl.sum(METRICS.memory, { isPerInstance: true }), legend: '{{instance}}' }],
        }),
        timeSeries({
          title: 'Bodies in memory',
          description: 'Bodies in capture against --capture-budget; at the limit bodies are left out.',
          unit: 'bytes',
          queries: [
            { expr: promQl.sum(METRICS.captureBytes, { isPerInstance: true }), legend: '{{instance}}' },
            { expr: promQl.sum(METRICS.captureLimit, { isPerInstance: true }), legend: '{{instance}} limit' },
          ],
        }),
        timeSeries({
          title: 'CPU',
          description: 'Seconds of CPU per second, over all threads: 1 is one core.',
          unit: 'short',
          isStacked: true,
          queries: [
            {
              expr: promQl.rate(METRICS.cpuTime, { isPerInstance: true, by: ['cpu.mode'] }),
              legend: `{{instance}} ${legend('cpu.mode')}`,
            },
          ],
        }),
        timeSeries({
          title: 'Heap',
          description:
            'Memory of the objects of JavaScript, by thread, and what V8 has taken for them. Resident memory beyond it is the binary, buffers and SQLite.',
          unit: 'bytes',
          queries: [
            {
              expr: promQl.sum(METRICS.heapUsed, { isPerInstance: true, by: ['tapline.thread'] }),
              legend: `{{instance}} ${legend('tapline.thread')}`,
            },
            {
              expr: promQl.sum(METRICS.heapLimit, { isPerInstance: true, by: ['tapline.thread'] }),
              legend: `{{instance}} ${legend('tapline.thread')} taken`,
            },
          ],
        }),
      ],
    },
    {
      title: 'Threads',
      height: 8,
      panels: [
        timeSeries({
          title: 'Busy',
          description:
            'Share of its time that a thread works. A data thread near 100 % is the bound of the traffic.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: promQl.rate(METRICS.eventLoopTime, {
                where: { 'nodejs.eventloop.state': 'active' },
                isPerInstance: true,
                by: ['tapline.thread'],
              }),
              legend: `{{instance}} ${legend('tapline.thread')}`,
            },
          ],
        }),
        timeSeries({
          title: 'Delay of the event loop',
          description:
            'Median, 99th percentile and highest, by thread: what the gateway itself can add to a request.',
          unit: 's',
          queries: (
            [
              ['p50', METRICS.eventLoopDelayP50],
              ['p99', METRICS.eventLoopDelayP99],
              ['max', METRICS.eventLoopDelayMax],
            ] as const
          ).map(([name, metric]) => ({
            expr: promQl.max(metric, { isPerInstance: true, by: ['tapline.thread'] }),
            legend: `{{instance}} ${legend('tapline.thread')} ${name}`,
          })),
        }),
        timeSeries({
          title: 'Pauses for garbage',
          description:
            '99th percentile of the pauses of a thread, by kind: no request of the thread goes on meanwhile.',
          unit: 's',
          queries: [
            {
              expr: promQl.quantile(METRICS.collectionDuration, 0.99, {
                isPerInstance: true,
                by: ['tapline.thread', 'v8js.gc.type'],
              }),
              legend: `{{instance}} ${legend('tapline.thread')} ${legend('v8js.gc.type')}`,
            },
          ],
        }),
        timeSeries({
          title: 'Time for garbage',
          description: 'Share of its time that a thread stands still for the collection of garbage.',
          unit: 'percentunit',
          queries: [
            {
              expr: promQl.observed(METRICS.collectionDuration, {
                isPerInstance: true,
                by: ['tapline.thread'],
              }),
              legend: `{{instance}} ${legend('tapline.thread')}`,
            },
          ],
        }),
      ],
    },
  ],
});

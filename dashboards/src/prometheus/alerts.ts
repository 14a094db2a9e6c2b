import { METRICS } from '../../../src/telemetry/metric-declarations.ts';
import { prometheusLabel } from '../../../src/telemetry/prometheus-name.ts';
import { PromQl } from './promql.ts';

/** The job under which Prometheus scrapes the gateways. */
export const JOB = 'tapline';

/** An alert rule of Prometheus. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold. */
  readonly for: string;
  readonly labels: { readonly severity: 'critical' | 'warning' };
  /** `summary` says what is the matter, `description` what to do. */
  readonly annotations: { readonly summary: string; readonly description: string };
}

const SINK = 'tapline.sink';
const STATE = 'tapline.state';
const REASON = 'tapline.reason';
/** The value of a label in the text of an alert. */
const label = (attribute: string): string => `{{ $labels.${prometheusLabel(attribute)} }}`;
const promQl = new PromQl({ scope: '', window: '5m' });
const spoolShare = `${promQl.series(METRICS.spoolBytes)} / ${promQl.series(METRICS.spoolLimit)}`;

/** What somebody must look at, most urgent first. */
export const ALERTS: readonly Alert[] = [
  {
    alert: 'TaplineGatewayDown',
    expr: `up{job="${JOB}"} == 0`,
    for: '1m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'Gateway {{ $labels.instance }} does not answer.',
      description:
        'Traffic through it stands still unless others take over. Look at its process and log, and start it again; what it had on disk is delivered then. Afterwards `tapline verify` says whether records are missing.',
    },
  },
  {
    alert: 'TaplineRecordsDropped',
    expr: promQl.risen(METRICS.recordsDropped, '10m', { isPerInstance: true, by: [REASON] }),
    for: '0s',
    labels: { severity: 'critical' },
    annotations: {
      summary: `{{ $value | humanize }} records were lost on {{ $labels.instance }}: ${label(REASON)}.`,
      description:
        'Gap records say which; `tapline verify` lists them. The spool or the memory had no room: find the sink that lags (dashboard "gateway health"), or give more by --spool-size or --capture-budget.',
    },
  },
  {
    alert: 'TaplineSinkStopped',
    expr: `${promQl.series(METRICS.sinkState, { where: { [STATE]: /paused|blocked/ } })} == 1`,
    for: '1m',
    labels: { severity: 'critical' },
    annotations: {
      summary: `Sink ${label(SINK)} of {{ $labels.instance }} is ${label(STATE)}.`,
      description:
        'Nothing is sent until somebody acts; records wait in the spool. Paused: credentials, privileges or configuration are wrong. Blocked: the sink takes nothing (read-only index, full disk). The log of the gateway says what to do; it goes on by itself then.',
    },
  },
  {
    alert: 'TaplineSpoolFull',
    expr: `${spoolShare} > 0.95`,
    for: '1m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'The spool of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
      description:
        'At 100 % the oldest records are dropped. Mend the sink that lags now, or give more room by --spool-size and start the gateway again.',
    },
  },
  {
    alert: 'TaplineSpoolFilling',
    expr: `${spoolShare} > 0.8`,
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'The spool of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
      description:
        'A sink is down or slower than the traffic. The dashboard "gateway health" shows which, and how fast the spool grows.',
    },
  },
  {
    alert: 'TaplineDeliveryLags',
    expr: `${promQl.max(METRICS.sinkLag, { isPerInstance: true, by: [SINK] })} > 60`,
    for: '2m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `Sink ${label(SINK)} of {{ $labels.instance }} is {{ $value | humanizeDuration }} behind.`,
      description:
        'The sink is down, refuses, or is slower than the traffic: see its requests by outcome and their duration on the dashboard "gateway health".',
    },
  },
  {
    alert: 'TaplineDeadLetters',
    expr: promQl.risen(METRICS.sinkDeadLetters, '10m', { isPerInstance: true, by: [SINK] }),
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: `Sink ${label(SINK)} refused {{ $value | humanize }} records of {{ $labels.instance }} for good.`,
      description:
        '`tapline dead-letters list` says why; after mending (often a mapping) `tapline dead-letters requeue` sends them again.',
    },
  },
  {
    alert: 'TaplineRecordsPutAside',
    expr: promQl.risen(METRICS.sinkDiverted, '10m', { isPerInstance: true, by: [SINK] }),
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: `Sink ${label(SINK)} put {{ $value | humanize }} records of {{ $labels.instance }} aside.`,
      description:
        'They are in the failure store of Elasticsearch, not where searches look: `GET <data stream>::failures/_search` says why. Mend the mapping or the pipeline and index them again.',
    },
  },
  {
    alert: 'TaplineRecordsRejected',
    expr: promQl.risen(METRICS.sinkRejected, '10m', { isPerInstance: true, by: [SINK] }),
    for: '0s',
    labels: { severity: 'critical' },
    annotations: {
      summary: `The receiver of ${label(SINK)} rejected {{ $value | humanize }} records of {{ $labels.instance }}.`,
      description:
        'It took requests and rejected part of them without saying which (partial success of OTLP): those are lost there. The log of the gateway has the words of the receiver.',
    },
  },
  {
    alert: 'TaplineBodiesLeftOut',
    expr: promQl.risen(METRICS.recordsDegraded, '10m', { isPerInstance: true, by: [REASON] }),
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `{{ $value | humanize }} records of {{ $labels.instance }} lost a body: ${label(REASON)}.`,
      description:
        'There was no room for them. Give more by --capture-budget, or record less by --max-body-capture or capture rules.',
    },
  },
];

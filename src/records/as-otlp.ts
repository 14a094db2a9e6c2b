import {
  type Attributes,
  type HrTime,
  SeverityNumber,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TraceState,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { EcsDocument } from './ecs-document.ts';
import type { AttributeSet } from './otlp/attribute-set.ts';
import {
  addHttpAttributes,
  type AttributeChoice,
  identityAttributes,
  methodOf,
} from './otlp/http-attributes.ts';
import { traceContextOf } from './otlp/trace-context.ts';

/** How records become log records and spans. */
export interface OtlpMapping extends AttributeChoice {
  readonly resource: Resource;
  readonly scope: { readonly name: string; readonly version: string };
}

type Kind = 'exchange' | 'gap' | 'summary';

/** `LogRecord.event_name`. */
const EVENTS: Readonly<Record<Kind, string>> = {
  exchange: 'tapline.http.exchange',
  gap: 'tapline.gap',
  summary: 'tapline.summary',
};

/** Characters of a path in the text of a log record; `url.path` has all of it. */
const MAX_SHOWN_PATH = 256;
const SAMPLED = 1;

const SEVERITIES = {
  info: { severityNumber: SeverityNumber.INFO, severityText: 'INFO' },
  warn: { severityNumber: SeverityNumber.WARN, severityText: 'WARN' },
  error: { severityNumber: SeverityNumber.ERROR, severityText: 'ERROR' },
} as const;

/**
 * A record as a log record. Its time is the begin of the request, the observed time the end of the exchange. Severity: ERROR for an
 * answer from 500 and for an exchange that broke, WARN for one from 400 and for a client that left, else INFO; a gap is an ERROR.
 */
export function otlpLogOf(document: EcsDocument, mapping: OtlpMapping): ReadableLogRecord {
  const kind = kindOf(document);
  const { start, end } = timesOf(document);
  const attributes = identityAttributes(document, 'log.record.uid', mapping.limits);
  if (kind === 'gap') addGapAttributes(attributes, document);
  else if (kind === 'summary') addSummaryAttributes(attributes, document);
  else addHttpAttributes(attributes, document, mapping);
  const shared = {
    hrTime: start,
    hrTimeObserved: end,
    ...severityOf(document, kind),
    body: textOf(document, kind),
    eventName: EVENTS[kind],
    resource: mapping.resource,
    instrumentationScope: mapping.scope,
    attributes: attributes.values as Attributes,
    droppedAttributesCount: attributes.droppedCount,
  };
  if (kind !== 'exchange') return shared;
  const { traceId, spanId } = traceContextOf(document);
  return { ...shared, spanContext: { traceId, spanId, traceFlags: SAMPLED } };
}

/**
 * A record as the server span of its exchange; null for a gap and a summary. Bodies stay in the log record. Every exchange is sent, so the sampled flag is
 * set whatever the caller's says.
 */
export function otlpSpanOf(document: EcsDocument, mapping: OtlpMapping): ReadableSpan | null {
  if (kindOf(document) !== 'exchange') return null;
  const { start, end } = timesOf(document);
  const attributes = identityAttributes(document, 'tapline.record.id', mapping.limits);
  addHttpAttributes(attributes, document, { ...mapping, hasBodies: false });
  const { traceId, spanId, parentSpanId, traceState } = traceContextOf(document);
  const method = methodOf(document, mapping);
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: SAMPLED,
    ...(traceState === '' ? {} : { traceState: { serialize: () => traceState } as TraceState }),
  };
  return {
    name: method === '_OTHER' ? 'HTTP' : method,
    kind: SpanKind.SERVER,
    spanContext: () => context,
    ...(parentSpanId === null
      ? {}
      : { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: SAMPLED, isRemote: true } }),
    startTime: start,
    endTime: end,
    status: statusOf(document),
    attributes: attributes.values as Attributes,
    links: [],
    events: [],
    duration: [end[0] - start[0], end[1] - start[1]],
    ended: true,
    resource: mapping.resource,
    instrumentationScope: mapping.scope,
    droppedAttributesCount: attributes.droppedCount,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Of a server span: 4xx leaves it unset, and a status that says enough needs no message. */
function statusOf(document: EcsDocument): ReadableSpan['status'] {
  const status = document.http?.response?.status_code ?? 0;
  if (status >= 500) return { code: SpanStatusCode.ERROR };
  if (status >= 400 || document.event.outcome !== 'failure') return { code: SpanStatusCode.UNSET };
  const message = document.error?.message?.toWellFormed();
  return { code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) };
}

function severityOf(document: EcsDocument, kind: Kind): (typeof SEVERITIES)[keyof typeof SEVERITIES] {
  const status = document.http?.response?.status_code ?? 0;
  if (kind === 'gap' || status >= 500) return SEVERITIES.error;
  if (status >= 400 || document.error?.type === 'client-closed') return SEVERITIES.warn;
  return document.event.outcome === 'failure' ? SEVERITIES.error : SEVERITIES.info;
}

/** `GET /path 200`; without what is not known. */
function exchangeText({ http, url, error }: EcsDocument): string {
  const { method } = http?.request ?? {};
  const status = http?.response?.status_code ?? error?.type;
  const path =
    url?.path === undefined || url.path.length <= MAX_SHOWN_PATH
      ? url?.path
      : `${url.path.slice(0, MAX_SHOWN_PATH)}…`;
  return [method ?? 'HTTP', path, status]
    .filter((part) => part !== undefined)
    .join(' ')
    .toWellFormed();
}

function textOf(document: EcsDocument, kind: Kind): string {
  if (kind === 'exchange') return exchangeText(document);
  const { gap, summary, rule } = document.tapline ?? {};
  const text =
    kind === 'gap'
      ? `${gap?.count} records are lost, sequence ${gap?.from} to ${gap?.to}: ${gap?.reason}`
      : `${summary?.count} exchanges have no record by rule ${rule}`;
  return text.toWellFormed();
}

function addGapAttributes(attributes: AttributeSet, { error, tapline }: EcsDocument): void {
  const { gap } = tapline ?? {};
  attributes.set('error.type', error?.type);
  attributes.set('tapline.gap.from', gap?.from);
  attributes.set('tapline.gap.to', gap?.to);
  attributes.set('tapline.gap.count', gap?.count);
  attributes.set('tapline.gap.reason', gap?.reason);
  attributes.set('tapline.gap.source_bytes', gap?.source_bytes);
  attributes.set('tapline.gap.destination_bytes', gap?.destination_bytes);
}

function addSummaryAttributes(attributes: AttributeSet, { tapline }: EcsDocument): void {
  const { summary } = tapline ?? {};
  attributes.set('tapline.summary.count', summary?.count);
  attributes.set('tapline.summary.source_bytes', summary?.source_bytes);
  attributes.set('tapline.summary.destination_bytes', summary?.destination_bytes);
  attributes.set('tapline.summary.duration', summary?.duration);
  for (const [digit, count] of Object.entries(summary?.status ?? {}))
    attributes.set(`tapline.summary.status.${digit}`, count);
}

function kindOf({ tapline }: EcsDocument): Kind {
  const kind = tapline?.kind;
  return kind === 'gap' || kind === 'summary' ? kind : 'exchange';
}

/** The document has its wall clock in milliseconds and its duration in nanoseconds. */
function timesOf({ '@timestamp': timestamp, event }: EcsDocument): { start: HrTime; end: HrTime } {
  const start = timeOf(event.start ?? timestamp);
  if (event.duration === undefined) return { start, end: timeOf(event.end ?? timestamp) };
  const endNanoseconds = start[1] + Math.max(0, event.duration);
  return { start, end: [start[0] + Math.floor(endNanoseconds / 1e9), endNanoseconds % 1e9] };
}

/** Throws RangeError. */
function timeOf(iso: string): HrTime {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new RangeError('a document without a time');
  const seconds = Math.floor(ms / 1000);
  return [seconds, (ms - seconds * 1000) * 1e6];
}

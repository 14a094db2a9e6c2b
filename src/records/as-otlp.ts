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

/** Names of the two events (`LogRecord.event_name`). */
export const EXCHANGE_EVENT = 'tapline.http.exchange';
export const GAP_EVENT = 'tapline.gap';

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
  const isGap = document.tapline?.kind === 'gap';
  const { start, end } = timesOf(document);
  const attributes = identityAttributes(document, 'log.record.uid', mapping.limits);
  if (isGap) {
    const { gap } = document.tapline!;
    attributes.set('error.type', document.error?.type);
    attributes.set('tapline.gap.from', gap?.from);
    attributes.set('tapline.gap.to', gap?.to);
    attributes.set('tapline.gap.count', gap?.count);
    attributes.set('tapline.gap.reason', gap?.reason);
    attributes.set('tapline.gap.source_bytes', gap?.source_bytes);
    attributes.set('tapline.gap.destination_bytes', gap?.destination_bytes);
  } else addHttpAttributes(attributes, document, mapping);
  const shared = {
    hrTime: start,
    hrTimeObserved: end,
    ...severityOf(document, isGap),
    body: isGap ? gapText(document) : exchangeText(document),
    eventName: isGap ? GAP_EVENT : EXCHANGE_EVENT,
    resource: mapping.resource,
    instrumentationScope: mapping.scope,
    attributes: attributes.values as Attributes,
    droppedAttributesCount: attributes.droppedCount,
  };
  if (isGap) return shared;
  const { traceId, spanId } = traceContextOf(document);
  return { ...shared, spanContext: { traceId, spanId, traceFlags: SAMPLED } };
}

/**
 * A record as the server span of its exchange; null for a gap. Bodies stay in the log record. Every exchange is sent, so the sampled flag is
 * set whatever the caller's says.
 */
export function otlpSpanOf(document: EcsDocument, mapping: OtlpMapping): ReadableSpan | null {
  if (document.tapline?.kind === 'gap') return null;
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

function severityOf(document: EcsDocument, isGap: boolean): (typeof SEVERITIES)[keyof typeof SEVERITIES] {
  const status = document.http?.response?.status_code ?? 0;
  if (isGap || status >= 500) return SEVERITIES.error;
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

function gapText({ tapline }: EcsDocument): string {
  const { from, to, count, reason } = tapline?.gap ?? {};
  return `${count} records are lost, sequence ${from} to ${to}: ${reason}`.toWellFormed();
}

/** The document has its wall clock in milliseconds and its duration in nanoseconds. */
function timesOf({ '@timestamp': timestamp, event }: EcsDocument): { start: HrTime; end: HrTime } {
  const startMs = Date.parse(event.start ?? timestamp);
  const seconds = Math.floor(startMs / 1000);
  const nanoseconds = (startMs - seconds * 1000) * 1e6;
  const endNanoseconds = nanoseconds + Math.max(0, event.duration ?? 0);
  return {
    start: [seconds, nanoseconds],
    end: [seconds + Math.floor(endNanoseconds / 1e9), endNanoseconds % 1e9],
  };
}

import type { EcsDocument } from '../ecs-document.ts';

/** Where an exchange's span stands. Ids are lower-case hex, 32 and 16 digits. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** The caller's span; null where the request came without a `traceparent`. */
  readonly parentSpanId: string | null;
  /** `tracestate` as it came; '' for none. */
  readonly traceState: string;
}

/**
 * The span of a record: a child of the caller's span where the request brought a `traceparent`, else the root of a trace. It follows from the
 * document alone, so every try sends the same ids.
 */
export function traceContextOf(document: EcsDocument): TraceContext {
  const traceId = document.trace?.id;
  const spanId = spanIdOf(document);
  if (traceId === undefined || !TRACE_ID.test(traceId))
    return { traceId: hexOf(document.event.id), spanId, parentSpanId: null, traceState: '' };
  const caller = isInjected(document) ? document.parent?.id : document.span?.id;
  return {
    traceId,
    spanId,
    parentSpanId: caller !== undefined && SPAN_ID.test(caller) ? caller : null,
    traceState: traceStateOf(document),
  };
}

/**
 * The id of an exchange's own span: the one that the server was told in the `traceparent` which the gateway injected, else the last 8
 * bytes of `event.id`, of which 62 bits are random.
 */
export function spanIdOf(document: EcsDocument): string {
  const told = isInjected(document) ? document.span?.id : undefined;
  return told !== undefined && SPAN_ID.test(told) ? told : hexOf(document.event.id).slice(16);
}

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;
/** W3C Trace Context section 3.3.1, as far as a receiver would stumble: a list of key=value in printable ASCII. */
const TRACE_STATE = /^[\x20-\x7e]+=[\x20-\x7e]+$/;
const MAX_TRACE_STATE = 512;

function isInjected(document: EcsDocument): boolean {
  const headers = document.tapline?.injected?.headers;
  return headers !== undefined && Object.hasOwn(headers, 'traceparent');
}

function traceStateOf(document: EcsDocument): string {
  const given = document.http?.request?.headers?.['tracestate'] ?? '';
  const traceState = typeof given === 'string' ? given : given.join(',');
  return traceState.length <= MAX_TRACE_STATE && TRACE_STATE.test(traceState) ? traceState : '';
}

/** A UUID without its dashes is as long as a trace id, and as unique. */
function hexOf(id: string): string {
  return id.replaceAll('-', '');
}

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
 * The span of a record: a child of the caller's span where the request brought a `traceparent`, else the root of a trace of its own.
 * It follows from the document alone, so every try sends the same ids.
 */
export function traceContextOf(document: EcsDocument): TraceContext {
  const traceId = document.trace?.id;
  const spanId = spanIdOf(document);
  if (traceId === undefined || !/^[0-9a-f]{32}$/.test(traceId))
    return { traceId: hexOf(document.event.id), spanId, parentSpanId: null, traceState: '' };
  const caller = document.span?.id;
  const hasCaller =
    caller !== undefined && caller !== spanId && /^[0-9a-f]{16}$/.test(caller) && !/^0+$/.test(caller);
  const traceState = document.http?.request?.headers?.['tracestate'] ?? '';
  return {
    traceId,
    spanId,
    parentSpanId: hasCaller ? caller : null,
    traceState: typeof traceState === 'string' ? traceState : traceState.join(','),
  };
}

/**
 * The id of an exchange's own span: the one that the gateway told the application in the `traceparent` it injected
 * (`tapline.span.id`), else the last 8 bytes of `event.id`, of which 62 bits are random.
 */
export function spanIdOf(document: EcsDocument): string {
  const told = document.tapline?.span?.id;
  return told !== undefined && /^[0-9a-f]{16}$/.test(told) ? told : hexOf(document.event.id).slice(16);
}

/** A UUID without its dashes is as long as a trace id, and as unique. */
function hexOf(id: string): string {
  return id.replaceAll('-', '');
}

/** A span's place in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly flags: number;
}

/** The trace is recorded (level 1). */
export const SAMPLED = 0x01;
/** The trace id is random (level 2). */
export const RANDOM_TRACE_ID = 0x02;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The value of a `traceparent` field; null where it is not valid (Trace Context level 2, section 3.2). Of a later version that is taken which
 * version 00 has, and of the flags those that are known.
 */
export function parseTraceparent(value: string): TraceContext | null {
  const parts = TRACEPARENT.exec(value);
  if (parts === null) return null;
  const [, version, traceId, spanId, flags, more] = parts;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (isZero(traceId!) || isZero(spanId!)) return null;
  return {
    traceId: traceId!,
    spanId: spanId!,
    flags: Number.parseInt(flags!, 16) & (SAMPLED | RANDOM_TRACE_ID),
  };
}

/** As version 00. */
export function formatTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

/** An id of zeros is none. */
export function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

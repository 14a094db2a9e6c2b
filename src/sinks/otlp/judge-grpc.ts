import { bytesField, integerField, protobufFields } from '../../codecs/protobuf-fields.ts';
import { hostOf } from './judge-http.ts';
import type { OtlpTarget } from './target.ts';
import type { OtlpVerdict, Quote } from './verdict.ts';

/** How a call ended that did not succeed. */
export interface GrpcFailure {
  /** google.rpc.Code. */
  readonly code: number;
  readonly details: string;
  /** `grpc-status-details-bin`: a google.rpc.Status; null for none. */
  readonly statusDetails: Buffer | null;
}

const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** How the implementations of gRPC say that a message is too large. */
const TOO_LARGE = /larger than|too large|exceed\w*\b.*\b(?:size|max\w*|limit)|\b413\b/is;
/** A TLS alert of the server about what the client has shown it (RFC 8446 section 6.2). */
const CLIENT_CERTIFICATE =
  /alert (?:certificate|bad certificate|unknown ca|handshake failure|access denied)/i;
const CERTIFICATE = /certificate|altname|self.signed|unable to (?:verify|get issuer)/i;
const NOT_TLS = /wrong version number|packet length too long|EPROTO/i;
/** The other side speaks HTTP/1, or plain text was sent to a port with TLS. */
const NOT_GRPC =
  /protocol error|ERR_HTTP2|NGHTTP2_(?!REFUSED|CANCEL|NO_ERROR|ENHANCE|INTERNAL)|content-type|HTTP status code (?:400|403|404|405|415|30\d)/i;

/** What a failed call means (OTLP specification, OTLP/gRPC response). */
export function judgeGrpc(failure: GrpcFailure, target: OtlpTarget, quote: Quote): OtlpVerdict {
  const { details } = failure;
  const code = CODES[failure.code] ?? 'UNKNOWN';
  const cause = unconnectedCause(details);
  const said = cause ?? quote(details);
  const reason = `${cause === null ? `${hostOf(target)} answered ${code}` : `cannot connect to ${hostOf(target)}`}${said === '' ? '' : `: ${said}`}`;
  const { endpointVariable } = target;
  const retry = (isAmbiguous: boolean, retryAfterMs: number | null, isOverload: boolean): OtlpVerdict => ({
    kind: 'retry',
    reason,
    retryAfterMs,
    isAmbiguous,
    isOverload,
  });
  switch (code) {
    case 'RESOURCE_EXHAUSTED': {
      const delayMs = retryInfoMs(failure.statusDetails);
      if (delayMs === null && TOO_LARGE.test(details)) return { kind: 'too-large', reason };
      // Without RetryInfo the specification calls it final; but it says "not now", and records must not be lost for that.
      return retry(false, delayMs, true);
    }
    case 'UNAVAILABLE':
    case 'INTERNAL':
    case 'UNKNOWN':
      if (CLIENT_CERTIFICATE.test(details))
        return {
          kind: 'paused',
          reason: `${reason}; it wants a client certificate that it trusts: set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY`,
        };
      if (CERTIFICATE.test(details))
        return {
          kind: 'paused',
          reason: `${reason}; check the certificate of the server, and OTEL_EXPORTER_OTLP_CERTIFICATE for whom to trust`,
        };
      if (NOT_TLS.test(details))
        return {
          kind: 'paused',
          reason: `${reason}; the port does not speak TLS: begin ${endpointVariable} with http://`,
        };
      if (NOT_GRPC.test(details))
        return {
          kind: 'paused',
          reason: `${reason}; the port does not speak gRPC as asked for: check ${endpointVariable} (gRPC is usually on port 4317, HTTP on 4318; http:// is without TLS, https:// with it) and OTEL_EXPORTER_OTLP_PROTOCOL`,
        };
      if (code !== 'UNAVAILABLE') return { kind: 'failing', reason };
      return retry(cause === null, retryInfoMs(failure.statusDetails), false);
    case 'CANCELLED':
    case 'DEADLINE_EXCEEDED':
    case 'ABORTED':
    case 'OUT_OF_RANGE':
    case 'DATA_LOSS':
      return retry(true, retryInfoMs(failure.statusDetails), false);
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return {
        kind: 'paused',
        reason: `${reason}; check the credentials in OTEL_EXPORTER_OTLP_HEADERS (values are percent-encoded: a space is %20)`,
      };
    case 'UNIMPLEMENTED':
      return {
        kind: 'paused',
        reason: `${reason}; the server does not take ${target.signal} by OTLP over gRPC: check ${endpointVariable} (gRPC is usually on port 4317, HTTP on 4318)`,
      };
    case 'INVALID_ARGUMENT':
      return TOO_LARGE.test(details)
        ? { kind: 'too-large', reason }
        : { kind: 'refused', type: 'grpc-invalid-argument', reason, status: null };
    default:
      return { kind: 'failing', reason };
  }
}

/** Why there was no connection, in the words of the channel; null where there was one, so that the request may have left. */
function unconnectedCause(details: string): string | null {
  if (!/^(?:no connection established|name resolution failed|failed to connect)/i.test(details)) return null;
  return details
    .replace(/^no connection established\. last error: (?:error: )?/i, '')
    .replace(/\s*Resolution note:.*$/s, '')
    .replace(/\s*\(\d{4}-[\dT:.-]+Z\)/g, '')
    .replace(/^.*SSL routines:[^:]*:([^:]+):.*$/s, '$1')
    .replace(/[.\s]+$/, '');
}

/** The delay of a google.rpc.RetryInfo among the details; null where there is none or they cannot be read. */
function retryInfoMs(statusDetails: Buffer | null): number | null {
  if (statusDetails === null) return null;
  try {
    for (const { number, value } of protobufFields(statusDetails)) {
      if (number !== 3 || !Buffer.isBuffer(value)) continue;
      const any = protobufFields(value);
      if (!(bytesField(any, 1)?.toString('utf8') ?? '').endsWith('/google.rpc.RetryInfo')) continue;
      const delay = protobufFields(bytesField(protobufFields(bytesField(any, 2)!), 1)!);
      return Math.max(0, integerField(delay, 1) * 1000 + Math.round(integerField(delay, 2) / 1e6));
    }
  } catch {
    // Details that cannot be read say nothing.
  }
  return null;
}

import { bytesField, protobufFields } from '../../codecs/protobuf-fields.ts';
import { readExportResponse } from './export-response.ts';
import type { OtlpTarget } from './target.ts';
import { type OtlpVerdict, type Quote, unanswered } from './verdict.ts';

/** An answer over HTTP, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** '' for none. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** How servers say that a request is too large (the Collector with 400 above 20 MiB; others with 413). */
const TOO_LARGE = /too (?:large|big)|larger than|exceed\w*\b.*\b(?:size|limit|max\w*|length)/is;

/** What an answer means (OTLP specification, OTLP/HTTP response). */
export function judgeHttp(answer: HttpAnswer, target: OtlpTarget, quote: Quote, nowMs: number): OtlpVerdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return judgeSuccess(answer, target);
  const said = serverText(answer);
  const quoted = quote(said);
  const reason = `${hostOf(target)} answered ${status}${quoted === '' ? '' : `: ${quoted}`}`;
  switch (status) {
    case 429:
    case 502:
    case 503:
    case 504:
      return {
        kind: 'retry',
        reason,
        retryAfterMs: retryAfterMs(answer.retryAfter, nowMs),
        // A proxy in between answers so when the answer of the server is lost.
        isAmbiguous: status === 502 || status === 504,
        isOverload: status === 429 || status === 503,
      };
    case 413:
      return { kind: 'too-large', reason };
    case 400:
    case 422:
      return TOO_LARGE.test(said)
        ? { kind: 'too-large', reason }
        : { kind: 'refused', type: `http-${status}`, reason, status };
    case 408:
    case 425:
      return { kind: 'failing', reason };
    default:
      return status >= 500
        ? { kind: 'failing', reason }
        : { kind: 'paused', reason: `${reason}; ${adviceFor(status, target)}` };
  }
}

function judgeSuccess({ status, contentType, body }: HttpAnswer, target: OtlpTarget): OtlpVerdict {
  const isJson = /json/i.test(contentType);
  const isProtobuf = /protobuf|octet-stream/i.test(contentType);
  const isForeign = contentType !== '' && !isJson && !isProtobuf;
  try {
    if (!isForeign || body.length === 0)
      return readExportResponse(body, isJson || (!isProtobuf && target.protocol === 'http/json'));
  } catch {
    // Said below.
  }
  return unanswered(
    `${hostOf(target)} answered ${status}, but not in OTLP: is ${target.endpointVariable} really the address of an OTLP receiver?`,
  );
}

function adviceFor(status: number, target: OtlpTarget): string {
  const { endpointVariable, signal, protocol, url } = target;
  switch (status) {
    case 401:
    case 403:
      return 'check the credentials in OTEL_EXPORTER_OTLP_HEADERS (values are percent-encoded: a space is %20)';
    case 407:
      return 'a proxy in between wants credentials';
    case 404:
    case 405:
    case 410:
      return endpointVariable === 'OTEL_EXPORTER_OTLP_ENDPOINT'
        ? `nothing takes ${signal} at ${url.pathname}: check ${endpointVariable} (OTLP over HTTP is usually on port 4318, gRPC on 4317)`
        : `nothing takes ${signal} at ${url.pathname}: ${endpointVariable} is used as it is, so it must end with /v1/${signal}`;
    case 406:
    case 415:
      return `it does not take ${protocol}: set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf, http/json or grpc`;
    default:
      return status < 400
        ? `it redirects, which is not followed: set ${endpointVariable} to the address where it ends`
        : `check ${endpointVariable} and OTEL_EXPORTER_OTLP_HEADERS`;
  }
}

/** What the server says about an error: a google.rpc.Status in either encoding, or plain text. */
function serverText({ contentType, body }: HttpAnswer): string {
  try {
    if (/json/i.test(contentType)) return String(JSON.parse(body.toString('utf8')).message ?? '');
    if (/protobuf/i.test(contentType)) return bytesField(protobufFields(body), 2)?.toString('utf8') ?? '';
  } catch {
    return '';
  }
  return /html/i.test(contentType) ? '' : body.toString('utf8', 0, 1000);
}

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3). */
function retryAfterMs(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}

/** The address without what could be a secret. */
export function hostOf({ url }: OtlpTarget): string {
  return url.host;
}

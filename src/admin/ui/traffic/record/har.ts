import { readCookies } from './cookies.ts';
import { parseFormFields } from './form-fields.ts';
import { headerValue } from './header-lines.ts';
import { utf8Length } from './marks.ts';
import type { ShownMessage, ShownRecord } from './shown-record.ts';
import { statusText } from './status-text.ts';

/**
 * A record as an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/), redacted as the record is. What is not known is -1
 * where the format allows that, and said in a comment. Null where there was no request.
 */
export function harOf(record: ShownRecord, gatewayVersion: string): object | null {
  const url = record.url.full ?? record.url.original;
  if (record.method === null || url === null) return null;
  const timings = timingsOf(record);
  const startedMs = record.startMs ?? record.timestampMs ?? 0;
  return {
    log: {
      version: '1.2',
      creator: { name: 'Tapline', version: gatewayVersion },
      entries: [
        {
          startedDateTime: new Date(startedMs).toISOString(),
          time: timings.send + timings.wait + timings.receive,
          request: requestOf(record, record.method, url),
          response: responseOf(record),
          cache: {},
          timings,
          ...(isIpAddress(record.upstream) ? { serverIPAddress: hostOf(record.upstream!) } : {}),
          ...(record.connectionId === null ? {} : { connection: String(record.connectionId) }),
          ...(record.error === null ? {} : { comment: `${record.error.type}: ${record.error.message}` }),
          _tapline: { id: record.id, kind: record.kind, redacted: record.redactedCount },
        },
      ],
    },
  };
}

function requestOf(record: ShownRecord, method: string, url: string): object {
  const { request } = record;
  const { body } = request;
  return {
    method,
    // Without the fragment, as the format wants it.
    url: url.split('#')[0]!,
    httpVersion: versionOf(record),
    cookies: cookiesOf(request),
    headers: headersOf(request),
    queryString: parseFormFields(record.url.query ?? '').map(({ name, value }) => ({ name, value })),
    ...(body.text === null
      ? {}
      : {
          postData: {
            mimeType: body.declaredType ?? body.mimeType ?? '',
            text: body.text,
            ...(body.isTruncated ? { comment: 'Only the beginning was recorded.' } : {}),
          },
        }),
    headersSize: headersSizeOf(request),
    bodySize: body.bytes ?? -1,
    ...(body.text === null && (body.bytes ?? 0) > 0 ? { comment: 'The body was not recorded.' } : {}),
  };
}

function responseOf(record: ShownRecord): object {
  const { response, status } = record;
  const { body } = response;
  return {
    status: status ?? 0,
    statusText: status === null ? '' : statusText(status).slice(4),
    httpVersion: versionOf(record),
    cookies: cookiesOf(response),
    headers: headersOf(response),
    content: {
      size: contentSizeOf(response),
      mimeType: body.declaredType ?? body.mimeType ?? '',
      ...(body.text === null ? {} : { text: body.text }),
      ...commentOf(response),
    },
    redirectURL: headerValue(response.headers, 'location') ?? '',
    headersSize: status === null ? -1 : headersSizeOf(response),
    bodySize: status === null ? -1 : (body.bytes ?? -1),
    ...(record.isFromGateway ? { comment: 'The gateway answered itself.' } : {}),
  };
}

/** The length of the decoded body: known where it is there as a whole, or was not encoded. */
function contentSizeOf({ body }: ShownMessage): number {
  const isEncoded = body.coding !== null && body.decodeError === null;
  if (body.text !== null && !body.isTruncated && isEncoded) return utf8Length(body.text);
  return isEncoded && (body.bytes ?? 0) > 0 ? -1 : (body.bytes ?? 0);
}

function commentOf({ body }: ShownMessage): object {
  if (body.text === null) return (body.bytes ?? 0) > 0 ? { comment: 'The body was not recorded.' } : {};
  return body.isTruncated ? { comment: 'Only the beginning was recorded.' } : {};
}

/** Milliseconds. `send`, `wait` and `receive` must be numbers from 0: what cannot be told apart is counted as waiting. */
function timingsOf(record: ShownRecord): { send: number; wait: number; receive: number; comment?: string } {
  const totalNs = record.durationNs ?? 0;
  const within = (ns: number): number => Math.min(totalNs, Math.max(0, ns));
  const sentNs = within(record.requestEndNs ?? 0);
  const firstByteNs = Math.max(sentNs, within(record.firstByteNs ?? totalNs));
  const rest = {
    blocked: -1,
    dns: -1,
    connect: -1,
    ssl: -1,
    send: sentNs / 1e6,
    wait: (firstByteNs - sentNs) / 1e6,
    receive: (totalNs - firstByteNs) / 1e6,
  };
  const isUnknown = record.requestEndNs === null || record.durationNs === null;
  return isUnknown
    ? { ...rest, comment: 'When the request was complete is not known: send is part of wait.' }
    : rest;
}

function headersOf({ headers }: ShownMessage): readonly object[] {
  return headers.map(({ name, value }) => ({ name, value }));
}

function cookiesOf({ headers }: ShownMessage): readonly object[] {
  return readCookies(headers).map(({ name, value, attributes }) => {
    const valueOf = (attribute: string): string | undefined =>
      attributes.find((one) => one.toLowerCase().startsWith(`${attribute}=`))?.slice(attribute.length + 1);
    const expires = Date.parse(valueOf('expires') ?? '');
    const has = (attribute: string): boolean => attributes.some((one) => one.toLowerCase() === attribute);
    return {
      name,
      value,
      ...(valueOf('path') === undefined ? {} : { path: valueOf('path') }),
      ...(valueOf('domain') === undefined ? {} : { domain: valueOf('domain') }),
      ...(Number.isNaN(expires) ? {} : { expires: new Date(expires).toISOString() }),
      ...(has('httponly') ? { httpOnly: true } : {}),
      ...(has('secure') ? { secure: true } : {}),
    };
  });
}

/** Head with its blank line; -1 where framing stands between the two numbers. */
function headersSizeOf({ headers, bytes, body }: ShownMessage): number {
  if (bytes === null || body.bytes === null || headerValue(headers, 'transfer-encoding') !== null) return -1;
  return bytes >= body.bytes ? bytes - body.bytes : -1;
}

function versionOf({ version }: ShownRecord): string {
  return version === null ? 'unknown' : `HTTP/${version}`;
}

function hostOf(address: string): string {
  return /^\[([^\]]*)\]/.exec(address)?.[1] ?? address.replace(/:\d+$/, '');
}

function isIpAddress(address: string | null): boolean {
  if (address === null) return false;
  const host = hostOf(address);
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || (host.includes(':') && /^[0-9a-f:.]+$/i.test(host));
}

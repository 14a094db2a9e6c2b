import { amountAt, isTrueAt, memberAt, textAt, timeAt } from './document-members.ts';
import { readHeaders } from './header-lines.ts';
import type { ShownRecord, ShownUrl, ShownMessage, ShownGap, ShownSummary } from './shown-record.ts';

/** Reads a document. A script can have made it of anything: what is missing or of another type is null. Never throws. */
export function readRecord(document: unknown): ShownRecord {
  const errorType = textAt(document, 'error', 'type');
  const errorMessage = textAt(document, 'error', 'message');
  return {
    id: textAt(document, 'event', 'id'),
    kind: textAt(document, 'tapline', 'kind') ?? 'exchange',
    sequence: amountAt(document, 'event', 'sequence'),
    runId: textAt(document, 'tapline', 'run', 'id'),
    thread: amountAt(document, 'tapline', 'thread'),
    connectionId: amountAt(document, 'tapline', 'connection', 'id'),
    timestampMs: timeAt(document, '@timestamp'),
    startMs: timeAt(document, 'event', 'start'),
    endMs: timeAt(document, 'event', 'end'),
    durationNs: amountAt(document, 'event', 'duration'),
    requestEndNs: amountAt(document, 'tapline', 'request', 'last_byte'),
    firstByteNs: amountAt(document, 'tapline', 'response', 'first_byte'),
    outcome: textAt(document, 'event', 'outcome'),
    method: textAt(document, 'http', 'request', 'method'),
    url: readUrl(document),
    version: textAt(document, 'http', 'version'),
    status: readStatus(document),
    request: readMessage(document, 'request'),
    response: readMessage(document, 'response'),
    error:
      errorType === null && errorMessage === null
        ? null
        : { type: errorType ?? '', message: errorMessage ?? '' },
    isFromGateway: isTrueAt(document, 'tapline', 'response', 'from_gateway'),
    interimStatuses: listAt(document, 'tapline', 'response', 'interim').filter(
      (status) => typeof status === 'number',
    ),
    client: readAddress(document, 'client'),
    source: readAddress(document, 'source'),
    upstream: readAddress(document, 'server'),
    clientFrom: textAt(document, 'tapline', 'client', 'from'),
    isClientDoubtful:
      isTrueAt(document, 'tapline', 'client', 'malformed') ||
      isTrueAt(document, 'tapline', 'client', 'conflict'),
    traceId: textAt(document, 'trace', 'id'),
    spanId: textAt(document, 'span', 'id'),
    parentSpanId: textAt(document, 'parent', 'id'),
    requestId: textAt(document, 'http', 'request', 'id'),
    service: textAt(document, 'service', 'name'),
    host: textAt(document, 'host', 'name'),
    redactedCount: amountAt(document, 'tapline', 'redacted') ?? 0,
    rule: textAt(document, 'tapline', 'rule'),
    capture: textAt(document, 'tapline', 'capture'),
    injected: readHeaders(memberAt(document, 'tapline', 'injected', 'headers')),
    removed: listAt(document, 'tapline', 'injected', 'removed').filter((name) => typeof name === 'string'),
    refused: readRefused(document),
    gap: readGap(document),
    summary: readSummary(document),
  };
}

function readStatus(document: unknown): number | null {
  const status = amountAt(document, 'http', 'response', 'status_code');
  return status !== null && Number.isInteger(status) && status >= 100 && status <= 999 ? status : null;
}

function readUrl(document: unknown): ShownUrl {
  return {
    full: textAt(document, 'url', 'full'),
    original: textAt(document, 'url', 'original'),
    scheme: textAt(document, 'url', 'scheme'),
    domain: textAt(document, 'url', 'domain'),
    port: amountAt(document, 'url', 'port'),
    path: textAt(document, 'url', 'path'),
    query: textAt(document, 'url', 'query'),
  };
}

function readMessage(document: unknown, half: 'request' | 'response'): ShownMessage {
  const headers = readHeaders(memberAt(document, 'http', half, 'headers'));
  const value = (name: string): string | null =>
    headers.find((header) => header.name.toLowerCase() === name)?.value ?? null;
  const marks = memberAt(document, 'tapline', half, 'body');
  return {
    headers,
    bytes: amountAt(document, 'http', half, 'bytes'),
    body: {
      bytes: amountAt(document, 'http', half, 'body', 'bytes'),
      text: textAt(document, 'http', half, 'body', 'content'),
      mimeType: textAt(document, 'http', half, 'mime_type'),
      declaredType: value('content-type'),
      coding: value('content-encoding'),
      isTruncated: isTrueAt(marks, 'truncated'),
      isCutForSink: isTrueAt(marks, 'cut_for_sink'),
      dropped: textAt(marks, 'dropped'),
      hash: textAt(marks, 'hash'),
      decodeError: textAt(marks, 'decode_error'),
      redactedCount: amountAt(marks, 'redacted') ?? 0,
    },
  };
}

function readAddress(document: unknown, end: 'client' | 'source' | 'server'): string | null {
  const address = textAt(document, end, 'address');
  if (address === null) return null;
  const port = amountAt(document, end, 'port');
  const host = address.includes(':') ? `[${address}]` : address;
  return port === null || port === 0 ? address : `${host}:${port}`;
}

function readRefused(document: unknown): ShownRecord['refused'] {
  const head = textAt(document, 'tapline', 'refused', 'head');
  if (head === null) return null;
  return {
    head,
    bytes: amountAt(document, 'tapline', 'refused', 'bytes'),
    isTruncated: isTrueAt(document, 'tapline', 'refused', 'truncated'),
  };
}

function readGap(document: unknown): ShownGap | null {
  const gap = memberAt(document, 'tapline', 'gap');
  if (typeof gap !== 'object' || gap === null) return null;
  return {
    from: amountAt(gap, 'from'),
    to: amountAt(gap, 'to'),
    count: amountAt(gap, 'count'),
    reason: textAt(gap, 'reason'),
    sourceBytes: amountAt(gap, 'source_bytes'),
    destinationBytes: amountAt(gap, 'destination_bytes'),
  };
}

function readSummary(document: unknown): ShownSummary | null {
  const summary = memberAt(document, 'tapline', 'summary');
  if (typeof summary !== 'object' || summary === null) return null;
  const statuses = memberAt(summary, 'status');
  return {
    count: amountAt(summary, 'count'),
    sourceBytes: amountAt(summary, 'source_bytes'),
    destinationBytes: amountAt(summary, 'destination_bytes'),
    durationNs: amountAt(summary, 'duration'),
    statuses:
      typeof statuses === 'object' && statuses !== null
        ? Object.keys(statuses).flatMap((name) => {
            const count = amountAt(statuses, name);
            return count === null ? [] : [{ name, count }];
          })
        : [],
  };
}

function listAt(document: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = memberAt(document, ...path);
  return Array.isArray(found) ? found : [];
}

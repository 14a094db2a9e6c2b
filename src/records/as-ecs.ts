import type { ForwardedClient, TrustedProxies } from '../codecs/forwarded/trusted-proxies.ts';
import type { RequestHead } from '../codecs/http1/head.ts';
import type { InjectedFields } from '../codecs/http1/injected-fields.ts';
import { parseTraceparent } from '../codecs/trace-context/traceparent.ts';
import type { BodyFacts, BodyReader } from './body-reader.ts';
import type { LeftOutFacts } from './capture-rules/left-out.ts';
import type { Exchange, Half } from './exchange.ts';
import type { GapFacts } from './record-document.ts';
import { redactMalformedHead } from './redaction/redact-malformed-head.ts';
import { redactText } from './redaction/redact-text.ts';
import { REDACTED } from './redaction/redaction.ts';
import type { SecretNames } from './redaction/secret-names.ts';

const ECS_VERSION = '9.5.0-dev';
/** Bytes of a refused head that a record shows. */
const MAX_RAW_HEAD_BYTES = 8192;

/** Who writes. */
export interface EcsIdentity {
  readonly serviceName: string;
  readonly runId: string;
  readonly thread: number;
  readonly observerVersion: string;
  /** The machine; data streams are sorted by it. */
  readonly hostName: string;
  readonly dataset: string;
  readonly namespace: string;
}

export interface RecordIdentity {
  readonly id: string;
  readonly sequence: number;
  readonly timestampMs: number;
}

/** An exchange as an ECS document (names: ECS; what has no name there stands under `tapline`). All of it is redacted. */
export function exchangeDocument(
  exchange: Exchange,
  who: EcsIdentity,
  record: RecordIdentity,
  names: SecretNames,
  bodies: BodyReader,
  trusted: TrustedProxies,
): object {
  const { connection, refusal, error } = exchange;
  const redactor = new CountingRedactor(names);
  const requestHead = exchange.requestHeadOrNull;
  const responseHead = exchange.responseHeadOrNull;
  const requestBody = bodies.read(exchange.request.body, requestHead);
  const responseBody = bodies.read(exchange.response.body, responseHead);
  const status = responseHead?.status;
  const hasFailed = error !== null || (status !== undefined && status >= 500);
  const durationNs = Number(exchange.endNs! - exchange.startNs);
  const [remoteHost, remotePort] = splitAuthority(connection.upstream);
  const referrer = requestHead?.header('referer');
  const rawHead =
    refusal === null || refusal.rawHead.length === 0 ? undefined : redactor.rawHead(refusal.rawHead);
  const url = requestHead === null ? undefined : urlOf(requestHead, exchange, redactor);
  const message = error === null ? undefined : redactor.text(error.message);
  const source = {
    address: connection.remoteAddress,
    ...(connection.remoteAddress === '' ? {} : { ip: connection.remoteAddress }),
    port: connection.remotePort,
    bytes: exchange.request.bytes,
  };
  const forwarded =
    requestHead === null || trusted.isEmpty ? null : forwardedBy(requestHead, exchange, trusted);
  const client = forwarded === null ? source : clientOf(forwarded, exchange);
  const injected = requestHead?.injected ?? null;
  const server = { address: remoteHost, port: remotePort, bytes: exchange.response.bytes };
  return {
    '@timestamp': isoTime(record.timestampMs),
    ecs: { version: ECS_VERSION },
    event: {
      id: record.id,
      kind: 'event',
      category: ['web'],
      type: hasFailed ? ['access', 'error'] : ['access'],
      outcome: hasFailed ? 'failure' : status === undefined ? 'unknown' : 'success',
      duration: durationNs,
      start: isoTime(exchange.startWallMs),
      end: isoTime(exchange.startWallMs + durationNs / 1e6),
      sequence: record.sequence,
      dataset: who.dataset,
    },
    data_stream: { type: 'logs', dataset: who.dataset, namespace: who.namespace },
    http: {
      ...(requestHead === null && responseHead === null
        ? {}
        : { version: (requestHead ?? responseHead)!.protocol.replace('HTTP/', '') }),
      request: {
        ...(injected?.requestId == null ? {} : { id: redactor.text(injected.requestId) }),
        ...(requestHead === null ? {} : { method: requestHead.method }),
        ...mimeOf(requestBody),
        ...(referrer === undefined ? {} : { referrer: redactor.text(utf8(referrer)) }),
        bytes: exchange.request.bytes,
        body: bodyOf(exchange.request, requestBody),
        ...(requestHead === null ? {} : { headers: redactor.headers(requestHead.rawHeaders) }),
      },
      response: {
        ...(responseHead === null ? {} : { status_code: responseHead.status }),
        ...mimeOf(responseBody),
        bytes: exchange.response.bytes,
        body: bodyOf(exchange.response, responseBody),
        ...(responseHead === null ? {} : { headers: redactor.headers(responseHead.rawHeaders) }),
      },
    },
    ...(url === undefined ? {} : { url }),
    ...traceOf(requestHead),
    ...(error === null ? {} : { error: { type: error.type, message } }),
    ...(requestHead?.header('user-agent') === undefined
      ? {}
      : { user_agent: { original: redactor.text(utf8(requestHead.header('user-agent')!)) } }),
    client,
    source,
    ...(remoteHost === '' ? {} : { server, destination: server }),
    network: {
      protocol: 'http',
      transport: 'tcp',
      ...(forwarded === null || forwarded.address === connection.remoteAddress
        ? {}
        : { forwarded_ip: forwarded.address }),
    },
    ...identityOf(who),
    tapline: {
      run: { id: who.runId },
      thread: who.thread,
      kind: kindOf(exchange),
      ...ruleOf(exchange),
      connection: { id: connection.id },
      request: marksOf(requestBody),
      response: {
        ...marksOf(responseBody),
        ...(exchange.firstResponseNs === null
          ? {}
          : { first_byte: Number(exchange.firstResponseNs - exchange.startNs) }),
        ...(exchange.interimStatuses.length === 0 ? {} : { interim: exchange.interimStatuses }),
        ...(exchange.gatewayStatus === null ? {} : { from_gateway: true }),
      },
      ...(forwarded === null ? {} : { client: forwardingOf(forwarded) }),
      ...(injected === null ? {} : { injected: injectionOf(injected, redactor) }),
      ...(rawHead === undefined ? {} : { refused: rawHead }),
      redacted: redactor.count + (requestBody?.redactedCount ?? 0) + (responseBody?.redactedCount ?? 0),
    },
  };
}

/** The document that says which records were lost, and why. */
export function gapDocument(gap: GapFacts, who: EcsIdentity, record: RecordIdentity): object {
  const { from, to, count, reason } = gap;
  const time = isoTime(record.timestampMs);
  return {
    '@timestamp': time,
    ecs: { version: ECS_VERSION },
    event: {
      id: record.id,
      kind: 'event',
      category: ['web'],
      type: ['error'],
      outcome: 'failure',
      start: time,
      end: time,
      sequence: record.sequence,
      dataset: who.dataset,
    },
    data_stream: { type: 'logs', dataset: who.dataset, namespace: who.namespace },
    error: { type: `records-lost-${reason}`, message: `${count} records are lost: ${reason}` },
    ...identityOf(who),
    tapline: {
      run: { id: who.runId },
      thread: who.thread,
      kind: 'gap',
      gap: {
        from,
        to,
        count,
        reason,
        source_bytes: gap.sourceBytes,
        destination_bytes: gap.destinationBytes,
      },
    },
  };
}

/** The document that stands for exchanges that a capture rule left without records. */
export function summaryDocument(facts: LeftOutFacts, who: EcsIdentity, record: RecordIdentity): object {
  const { rule, effect, count, details } = facts;
  return {
    '@timestamp': isoTime(record.timestampMs),
    ecs: { version: ECS_VERSION },
    event: {
      id: record.id,
      kind: 'metric',
      category: ['web'],
      type: ['info'],
      start: isoTime(facts.firstMs),
      end: isoTime(facts.lastMs),
      sequence: record.sequence,
      dataset: who.dataset,
    },
    data_stream: { type: 'logs', dataset: who.dataset, namespace: who.namespace },
    ...identityOf(who),
    tapline: {
      run: { id: who.runId },
      thread: who.thread,
      kind: 'summary',
      rule,
      capture: effect,
      summary: {
        count,
        source_bytes: facts.sourceBytes,
        destination_bytes: facts.destinationBytes,
        ...(details === null ? {} : { duration: details.durationNs, status: details.statuses }),
      },
    },
  };
}

function identityOf(who: EcsIdentity): object {
  return {
    service: { name: who.serviceName },
    host: { name: who.hostName },
    observer: { name: 'tapline', type: 'gateway', vendor: 'Tapline', version: who.observerVersion },
  };
}

function kindOf(exchange: Exchange): string {
  if (exchange.refusal !== null) return 'refusal';
  if (exchange.isTunnel) return 'tunnel';
  return exchange.requestHeadOrNull === null ? 'broken' : 'exchange';
}

/** Which capture rule left out something of a record. */
function ruleOf({ leftOutBy }: Exchange): object {
  return leftOutBy === null ? {} : { rule: leftOutBy.rule.name, capture: leftOutBy.effect };
}

/** The effective request URI (RFC 9110 section 7.1), redacted. */
function urlOf(head: RequestHead, exchange: Exchange, redactor: CountingRedactor): object {
  const { scheme } = exchange.connection;
  const original = redactor.text(utf8(head.path));
  const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(original);
  const authority = isAbsolute ? original.split('/')[2]! : utf8(head.header('host') ?? '');
  const target = isAbsolute ? original.slice(original.indexOf('//') + 2 + authority.length) || '/' : original;
  const [beforeFragment, fragment] = splitOnce(target, '#');
  const [path, query] = splitOnce(beforeFragment, '?');
  const [domain, port] = splitAuthority(authority.slice(authority.lastIndexOf('@') + 1));
  return {
    original,
    ...(authority === '' ? {} : { full: isAbsolute ? original : `${scheme}://${authority}${original}` }),
    scheme,
    ...(domain === '' ? {} : { domain }),
    ...(port === 0 ? {} : { port }),
    path,
    ...(query === undefined ? {} : { query }),
    ...(fragment === undefined ? {} : { fragment }),
  };
}

/**
 * W3C Trace Context. Where the gateway told the server of a span of its own (`--inject=traceparent`), the exchange is that span: `span.id` is
 * what the server sees as its parent, `parent.id` (ECS) the span of the client, if it named one. Where nothing was injected the exchange has
 * no span of its own that anybody knows of: `span.id` is the one that the client sent, and the server sees the same.
 */
function traceOf(head: RequestHead | null): object {
  const own = head?.injected?.trace ?? null;
  if (own !== null)
    return {
      trace: { id: own.traceId },
      span: { id: own.spanId },
      ...(own.parentId === null ? {} : { parent: { id: own.parentId } }),
    };
  const given = head?.header('traceparent');
  const context = given === undefined ? null : parseTraceparent(given);
  return context === null ? {} : { trace: { id: context.traceId }, span: { id: context.spanId } };
}

/** What went to the server beside what the client sent: the headers of the record are the client's. */
function injectionOf({ added, removed }: InjectedFields, redactor: CountingRedactor): object {
  return {
    headers: Object.fromEntries(
      Object.entries(added).map(([name, value]) => [name, redactor.text(utf8(value))]),
    ),
    ...(removed.length === 0 ? {} : { removed }),
  };
}

function forwardedBy(
  head: RequestHead,
  { connection }: Exchange,
  trusted: TrustedProxies,
): ForwardedClient | null {
  return trusted.clientOf(connection.remoteAddress, head.header('x-forwarded-for'), head.header('forwarded'));
}

/** The client behind trusted proxies; its port is mostly not told. */
function clientOf({ address, port }: ForwardedClient, { request }: Exchange): object {
  return { address, ip: address, ...(port === null ? {} : { port }), bytes: request.bytes };
}

/** Where the client's address is from, and what is odd about it. */
function forwardingOf({ field, isMalformed, hasConflict }: ForwardedClient): object {
  return {
    from: field,
    ...(isMalformed ? { malformed: true } : {}),
    ...(hasConflict ? { conflict: true } : {}),
  };
}

function bodyOf(half: Half, facts: BodyFacts | null): object {
  return { bytes: half.body.totalBytes, ...(facts?.content == null ? {} : { content: facts.content }) };
}

function mimeOf(facts: BodyFacts | null): object {
  return facts?.mimeType == null ? {} : { mime_type: facts.mimeType };
}

function marksOf(facts: BodyFacts | null): object {
  if (facts === null) return {};
  return {
    body: {
      truncated: facts.isTruncated,
      ...(facts.dropped === null ? {} : { dropped: facts.dropped }),
      ...(facts.hash === null ? {} : { hash: facts.hash }),
      ...(facts.decodeError === null ? {} : { decode_error: facts.decodeError }),
      ...(facts.redactedCount === 0 ? {} : { redacted: facts.redactedCount }),
    },
  };
}

/** Redacts and counts. */
class CountingRedactor {
  readonly #names: SecretNames;
  count = 0;

  constructor(names: SecretNames) {
    this.#names = names;
  }

  text(text: string): string {
    const redacted = redactText(text, this.#names);
    this.count += redacted.count;
    return redacted.text;
  }

  /** By lower-case name; a list where a field came more than once. */
  headers(raw: readonly string[]): Record<string, string | string[]> {
    const headers: Record<string, string | string[]> = {};
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index]!.toLowerCase();
      let value: string;
      if (this.#names.isHeader(name)) {
        value = REDACTED;
        this.count++;
      } else value = this.text(utf8(raw[index + 1]!));
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      const all = before === undefined ? value : [before, value].flat();
      // `__proto__` is a header name as good as any other; assigning it would not be.
      if (name === '__proto__')
        Object.defineProperty(headers, name, { value: all, enumerable: true, configurable: true });
      else headers[name] = all;
    }
    return headers;
  }

  /** Bytes that stand where a head should be, up to the first blank line. */
  rawHead(bytes: Buffer): object {
    const end = /\r?\n\r?\n/.exec(bytes.toString('latin1'))?.index ?? bytes.length;
    const redacted = redactMalformedHead(utf8(bytes.toString('latin1', 0, end)), this.#names);
    this.count += redacted.count;
    return {
      head: redacted.text.slice(0, MAX_RAW_HEAD_BYTES).toWellFormed(),
      bytes: bytes.length,
      ...(redacted.text.length > MAX_RAW_HEAD_BYTES ? { truncated: true } : {}),
    };
  }
}

/** Header text comes as one character a byte; where those bytes are UTF-8 they are shown as such. */
function utf8(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
  if (!/[^\x00-\x7f]/.test(latin1)) return latin1;
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return text.includes('�') ? latin1 : text;
}

let lastIsoMs = Number.NaN;
let lastIso = '';

/** Most times are asked for twice, and many exchanges share a millisecond. */
function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  if (whole !== lastIsoMs) {
    lastIso = new Date(whole).toISOString();
    lastIsoMs = whole;
  }
  return lastIso;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** `host:port`, `[::1]:port`; port 0 where none is given. */
function splitAuthority(authority: string): [string, number] {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority);
  if (parts === null) return [authority, 0];
  return [parts[1]!.replace(/^\[|\]$/g, ''), Number(parts[2] ?? 0)];
}

import type { ForwardedClient, TrustedProxies } from '../../src/codecs/forwarded/trusted-proxies.ts';
import type { RequestHead } from '../../src/codecs/http1/head.ts';
import type { InjectedFields } from '../../src/codecs/http1/injected-fields.ts';
import { parseTraceparent } from '../../src/codecs/trace-context/traceparent.ts';
import type { BodyFacts, BodyReader } from '../../src/records/body-reader.ts';
import {
  dataStreamOf,
  ECS_VERSION,
  type EcsIdentity,
  observerOf,
  type RecordIdentity,
} from '../../src/records/ecs/identity.ts';
import { shownText } from '../../src/records/ecs/shown-text.ts';
import type { Exchange, Half } from '../../src/records/exchange.ts';
import { redactMalformedHead } from '../../src/records/redaction/redact-malformed-head.ts';
import { redactText } from '../../src/records/redaction/redact-text.ts';
import { REDACTED } from '../../src/records/redaction/redaction.ts';
import type { SecretNames } from '../../src/records/redaction/secret-names.ts';

/** Bytes of a refused head that a record shows. */
const MAX_RAW_HEAD_BYTES = 8192;

/**
 * An exchange as an ECS document, as plain objects: slow and easy to read. `src/records/ecs/exchange-text.ts` writes the same as text.
 */
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
  const { durationNs } = exchange;
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
    '@timestamp': new Date(Math.trunc(record.timestampMs)).toISOString(),
    ecs: { version: ECS_VERSION },
    event: {
      id: record.id,
      kind: 'event',
      category: ['web'],
      type: hasFailed ? ['access', 'error'] : ['access'],
      outcome: hasFailed ? 'failure' : status === undefined ? 'unknown' : 'success',
      duration: durationNs,
      start: new Date(Math.trunc(exchange.startWallMs)).toISOString(),
      end: new Date(Math.trunc(exchange.startWallMs + durationNs / 1e6)).toISOString(),
      sequence: record.sequence,
      dataset: who.dataset,
    },
    data_stream: dataStreamOf(who),
    http: {
      ...(requestHead === null && responseHead === null
        ? {}
        : { version: (requestHead ?? responseHead)!.protocol.replace('HTTP/', '') }),
      request: {
        ...(injected?.requestId == null ? {} : { id: redactor.text(injected.requestId) }),
        ...(requestHead === null ? {} : { method: requestHead.method }),
        ...mimeOf(requestBody),
        ...(referrer === undefined ? {} : { referrer: redactor.value('referer', referrer) }),
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
      : { user_agent: { original: redactor.value('user-agent', requestHead.header('user-agent')!) } }),
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
    ...observerOf(who),
    tapline: {
      run: { id: who.runId },
      thread: who.thread,
      kind: kindOf(exchange),
      ...ruleOf(exchange),
      connection: { id: connection.id },
      request: {
        ...marksOf(requestBody),
        ...(exchange.requestEndNs === null ? {} : { last_byte: exchange.requestEndNs }),
      },
      response: {
        ...marksOf(responseBody),
        ...(exchange.firstByteNs === null ? {} : { first_byte: exchange.firstByteNs }),
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
  const original = redactor.text(shownText(head.path));
  const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(original);
  const authority = isAbsolute ? original.split('/')[2]! : shownText(head.header('host') ?? '');
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
      Object.entries(added).map(([name, value]) => [name, redactor.text(shownText(value))]),
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

  value(name: string, value: string): string {
    if (!this.#names.isHeader(name)) return this.text(shownText(value));
    this.count++;
    return REDACTED;
  }

  /** By lower-case name; a list where a field came more than once. */
  headers(raw: readonly string[]): Record<string, string | string[]> {
    const headers: Record<string, string | string[]> = {};
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index]!.toLowerCase();
      const value = this.value(name, raw[index + 1]!);
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
    const redacted = redactMalformedHead(shownText(bytes.toString('latin1', 0, end)), this.#names);
    this.count += redacted.count;
    return {
      head: redacted.text.slice(0, MAX_RAW_HEAD_BYTES).toWellFormed(),
      bytes: bytes.length,
      ...(redacted.text.length > MAX_RAW_HEAD_BYTES ? { truncated: true } : {}),
    };
  }
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

import type { ForwardedClient, TrustedProxies } from '../../codecs/forwarded/trusted-proxies.ts';
import type { GatewayAnswer } from '../../codecs/http1/gateway-answer.ts';
import type { RequestHead, ResponseHead } from '../../codecs/http1/head.ts';
import type { InjectedFields } from '../../codecs/http1/injected-fields.ts';
import { parseTraceparent } from '../../codecs/trace-context/traceparent.ts';
import type { BodyFacts, BodyReader } from '../body-reader.ts';
import type { Exchange, Half } from '../exchange.ts';
import type { SecretNames } from '../redaction/secret-names.ts';
import { splitAuthority } from './authority.ts';
import { CountingRedactor } from './counting-redactor.ts';
import { HeaderTexts } from './header-texts.ts';
import { dataStreamOf, ECS_VERSION, type EcsIdentity, observerOf, type RecordIdentity } from './identity.ts';
import { isoTime } from './iso-time.ts';
import { quote } from './json-text.ts';
import { shownText } from './shown-text.ts';
import { UrlText } from './url-text.ts';

/** What a body without anything remarkable says of itself. */
const UNREMARKABLE_BODY = '{"body":{"truncated":false}}';

/**
 * Writes an exchange as an ECS document (names: ECS; what has no name there stands under `tapline`). All of it is redacted.
 *
 * It is put together as text, not as objects that are then turned into text: this is the dearest step on the way of a record, and most of a
 * document is the same in all. `test/support/exchange-document.ts` says the same in objects; a test holds the two together.
 */
export class ExchangeText {
  readonly #bodies: BodyReader;
  readonly #trusted: TrustedProxies;
  readonly #redactor: CountingRedactor;
  readonly #headers: HeaderTexts;
  readonly #url: UrlText;
  /** What is the same in every document of a recorder. */
  readonly #fixed: {
    readonly afterTime: string;
    readonly dataset: string;
    readonly dataStream: string;
    readonly observer: string;
    readonly tapline: string;
  };
  /** Where the last exchange went: mostly the same for all. */
  #server = { upstream: '', address: '', port: 0, start: '' };

  constructor(who: EcsIdentity, names: SecretNames, bodies: BodyReader, trusted: TrustedProxies) {
    this.#bodies = bodies;
    this.#trusted = trusted;
    this.#redactor = new CountingRedactor(names);
    this.#headers = new HeaderTexts(this.#redactor);
    this.#url = new UrlText(this.#redactor);
    this.#fixed = {
      afterTime: `,"ecs":{"version":"${ECS_VERSION}"},"event":{"id":`,
      dataset: quote(who.dataset),
      dataStream: `"data_stream":${JSON.stringify(dataStreamOf(who))}`,
      observer: JSON.stringify(observerOf(who)).slice(1, -1),
      tapline: `"tapline":{"run":{"id":${quote(who.runId)}},"thread":${who.thread},"kind":`,
    };
  }

  /** The document of a finished exchange. */
  of(exchange: Exchange, record: RecordIdentity): string {
    this.#redactor.count = 0;
    const { connection, requestHeadOrNull: requestHead, responseHeadOrNull: responseHead } = exchange;
    const requestBody = this.#bodies.read(exchange.request.body, requestHead);
    const responseBody = this.#bodies.read(exchange.response.body, responseHead);
    const { observer, dataStream } = this.#fixed;
    const userAgent = requestHead?.header('user-agent');
    const forwarded = this.#forwardedBy(exchange);
    const isForwarded = forwarded !== null && forwarded.address !== connection.remoteAddress;
    return (
      this.#event(exchange, record) +
      `,${dataStream},"http":{${versionOf(exchange)}` +
      `"request":${this.#request(exchange, requestBody)},` +
      `"response":${this.#response(exchange, responseBody)}}` +
      (requestHead === null ? '' : `,"url":${this.#url.of(requestHead, connection.scheme)}`) +
      traceOf(requestHead) +
      this.#error(exchange) +
      (userAgent === undefined
        ? ''
        : `,"user_agent":{"original":${this.#headers.value('user-agent', userAgent)}}`) +
      this.#peers(exchange, forwarded) +
      `,"network":{"protocol":"http","transport":"tcp"` +
      `${isForwarded ? `,"forwarded_ip":${quote(forwarded.address)}` : ''}},${observer},` +
      this.#tapline(exchange, forwarded, requestBody, responseBody)
    );
  }

  #event(exchange: Exchange, { id, sequence, timestampMs }: RecordIdentity): string {
    const status = exchange.responseHeadOrNull?.status;
    const hasFailed = exchange.error !== null || (status !== undefined && status >= 500);
    const outcome = hasFailed ? 'failure' : status === undefined ? 'unknown' : 'success';
    const { startWallMs, durationNs } = exchange;
    return (
      `{"@timestamp":"${isoTime(timestampMs)}"${this.#fixed.afterTime}${quote(id)},` +
      `"kind":"event","category":["web"],"type":${hasFailed ? '["access","error"]' : '["access"]'},` +
      `"outcome":"${outcome}","duration":${durationNs},"start":"${isoTime(startWallMs)}",` +
      `"end":"${isoTime(startWallMs + durationNs / 1e6)}","sequence":${sequence},"dataset":${this.#fixed.dataset}}`
    );
  }

  #request({ request, requestHeadOrNull: head }: Exchange, body: BodyFacts | null): string {
    const requestId = head?.injected?.requestId ?? null;
    const referrer = head?.header('referer');
    return (
      (requestId === null ? '{' : `{"id":${quote(this.#redactor.text(requestId))},`) +
      (head === null ? '' : `"method":${quote(head.method)},`) +
      mimeOf(body) +
      (referrer === undefined ? '' : `"referrer":${this.#headers.value('referer', referrer)},`) +
      this.#message(request, head, body)
    );
  }

  #response({ response, responseHeadOrNull: head }: Exchange, body: BodyFacts | null): string {
    return (
      (head === null ? '{' : `{"status_code":${head.status},`) +
      mimeOf(body) +
      this.#message(response, head, body)
    );
  }

  #message(
    half: Half,
    head: RequestHead | ResponseHead | GatewayAnswer | null,
    body: BodyFacts | null,
  ): string {
    const content = body?.content ?? null;
    return (
      `"bytes":${half.bytes},"body":{"bytes":${half.body.totalBytes}` +
      (content === null ? '}' : `,"content":${JSON.stringify(content)}}`) +
      (head === null ? '}' : `,"headers":${this.#headers.object(head.rawHeaders)}}`)
    );
  }

  #error({ error }: Exchange): string {
    if (error === null) return '';
    return `,"error":{"type":${quote(error.type)},"message":${quote(this.#redactor.text(error.message))}}`;
  }

  /** The two ends, each by its two names: client and source, server and destination. */
  #peers({ connection, request, response }: Exchange, forwarded: ForwardedClient | null): string {
    const address = quote(connection.remoteAddress);
    const source =
      `{"address":${address}${connection.remoteAddress === '' ? '' : `,"ip":${address}`}` +
      `,"port":${connection.remotePort},"bytes":${request.bytes}}`;
    const client = forwarded === null ? source : clientOf(forwarded, request.bytes);
    const peers = `,"client":${client},"source":${source}`;
    const { start } = this.#serverOf(connection.upstream);
    if (start === '') return peers;
    const server = `${start}${response.bytes}}`;
    return `${peers},"server":${server},"destination":${server}`;
  }

  #serverOf(upstream: string): { readonly start: string } {
    if (upstream !== this.#server.upstream) {
      const { host, port } = splitAuthority(upstream);
      const start = host === '' ? '' : `{"address":${quote(host)},"port":${port},"bytes":`;
      this.#server = { upstream, address: host, port, start };
    }
    return this.#server;
  }

  #tapline(
    exchange: Exchange,
    forwarded: ForwardedClient | null,
    requestBody: BodyFacts | null,
    responseBody: BodyFacts | null,
  ): string {
    const { connection, leftOutBy, refusal, requestHeadOrNull } = exchange;
    const injected = requestHeadOrNull?.injected ?? null;
    const rawHead =
      refusal === null || refusal.rawHead.length === 0 ? null : this.#redactor.rawHead(refusal.rawHead);
    const injection = injected === null ? null : this.#injection(injected);
    const redacted =
      this.#redactor.count + (requestBody?.redactedCount ?? 0) + (responseBody?.redactedCount ?? 0);
    return (
      `${this.#fixed.tapline}"${kindOf(exchange)}"` +
      (leftOutBy === null ? '' : `,"rule":${quote(leftOutBy.rule.name)},"capture":"${leftOutBy.effect}"`) +
      `,"connection":{"id":${connection.id}},"request":${marksOf(requestBody)}` +
      `,"response":${responseMarksOf(exchange, responseBody)}` +
      (forwarded === null ? '' : `,"client":${JSON.stringify(forwardingOf(forwarded))}`) +
      (injection === null ? '' : `,"injected":${JSON.stringify(injection)}`) +
      (rawHead === null ? '' : `,"refused":${JSON.stringify(rawHead)}`) +
      `,"redacted":${redacted}}}`
    );
  }

  /** What went to the server beside what the client sent: the headers of the record are the client's. */
  #injection({ added, removed }: InjectedFields): object {
    return {
      headers: Object.fromEntries(
        Object.entries(added).map(([name, value]) => [name, this.#redactor.text(shownText(value))]),
      ),
      ...(removed.length === 0 ? {} : { removed }),
    };
  }

  #forwardedBy({ connection, requestHeadOrNull: head }: Exchange): ForwardedClient | null {
    if (head === null || this.#trusted.isEmpty) return null;
    return this.#trusted.clientOf(
      connection.remoteAddress,
      head.header('x-forwarded-for'),
      head.header('forwarded'),
    );
  }
}

function versionOf({ requestHeadOrNull, responseHeadOrNull }: Exchange): string {
  const head = requestHeadOrNull ?? responseHeadOrNull;
  return head === null ? '' : `"version":${quote(head.protocol.replace('HTTP/', ''))},`;
}

function kindOf(exchange: Exchange): string {
  if (exchange.refusal !== null) return 'refusal';
  if (exchange.isTunnel) return 'tunnel';
  return exchange.requestHeadOrNull === null ? 'broken' : 'exchange';
}

/**
 * W3C Trace Context. Where the gateway told the server of a span of its own (`--inject=traceparent`), the exchange is that span: `span.id` is
 * what the server sees as its parent, `parent.id` (ECS) the span of the client, if it named one. Where nothing was injected the exchange has
 * no span of its own that anybody knows of: `span.id` is the one that the client sent, and the server sees the same.
 */
function traceOf(head: RequestHead | null): string {
  const own = head?.injected?.trace ?? null;
  if (own !== null)
    return (
      `,"trace":{"id":${quote(own.traceId)}},"span":{"id":${quote(own.spanId)}}` +
      (own.parentId === null ? '' : `,"parent":{"id":${quote(own.parentId)}}`)
    );
  const given = head?.header('traceparent');
  const context = given === undefined ? null : parseTraceparent(given);
  return context === null
    ? ''
    : `,"trace":{"id":${quote(context.traceId)}},"span":{"id":${quote(context.spanId)}}`;
}

/** The client behind trusted proxies; its port is mostly not told. */
function clientOf({ address, port }: ForwardedClient, bytes: number): string {
  const text = quote(address);
  return `{"address":${text},"ip":${text}${port === null ? '' : `,"port":${port}`},"bytes":${bytes}}`;
}

/** Where the client's address is from, and what is odd about it. */
function forwardingOf({ field, isMalformed, hasConflict }: ForwardedClient): object {
  return {
    from: field,
    ...(isMalformed ? { malformed: true } : {}),
    ...(hasConflict ? { conflict: true } : {}),
  };
}

function mimeOf(facts: BodyFacts | null): string {
  return facts === null || facts.mimeType === null ? '' : `"mime_type":${quote(facts.mimeType)},`;
}

function marksOf(facts: BodyFacts | null): string {
  if (facts === null) return '{}';
  const { isTruncated, dropped, hash, decodeError, redactedCount } = facts;
  if (!isTruncated && dropped === null && hash === null && decodeError === null && redactedCount === 0)
    return UNREMARKABLE_BODY;
  return JSON.stringify({
    body: {
      truncated: isTruncated,
      ...(dropped === null ? {} : { dropped }),
      ...(hash === null ? {} : { hash }),
      ...(decodeError === null ? {} : { decode_error: decodeError }),
      ...(redactedCount === 0 ? {} : { redacted: redactedCount }),
    },
  });
}

function responseMarksOf(exchange: Exchange, facts: BodyFacts | null): string {
  const { firstByteNs, interimStatuses, gatewayStatus } = exchange;
  const marks = marksOf(facts).slice(0, -1);
  const more =
    (firstByteNs === null ? '' : `,"first_byte":${firstByteNs}`) +
    (interimStatuses.length === 0 ? '' : `,"interim":[${interimStatuses.join(',')}]`) +
    (gatewayStatus === null ? '' : ',"from_gateway":true');
  return marks === '{' ? `{${more.slice(1)}}` : `${marks}${more}}`;
}

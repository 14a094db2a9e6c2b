import type { ForwardedClient, TrustedProxies } from '../../codecs/forwarded/trusted-proxies.ts';
import type { GatewayAnswer } from '../../codecs/http1/gateway-answer.ts';
import type { RequestHead, ResponseHead } from '../../codecs/http1/head.ts';
import type { InjectedFields } from '../../codecs/http1/injected-fields.ts';
import { parseTraceparent } from '../../codecs/trace-context/traceparent.ts';
import type { BodyFacts, BodyReader } from '../body-reader.ts';
import type { Exchange, Half } from '../exchange.ts';
import { marksText } from '../record-marks.ts';
import type { SecretNames } from '../redaction/secret-names.ts';
import { splitAuthority } from './authority.ts';
import { CountingRedactor } from './counting-redactor.ts';
import { HeaderTexts } from './header-texts.ts';
import { dataStreamOf, ECS_VERSION, type EcsIdentity, observerOf, type RecordIdentity } from './identity.ts';
import { isoTime } from './iso-time.ts';
import { quote } from './json-text.ts';
import { shownText } from './shown-text.ts';
import { TextPieces } from './text-pieces.ts';
import { type UrlParts, UrlText, writeUrl } from './url-text.ts';

const KIND = ',"kind":"event","category":["web"],"type":["access"],"outcome":"';
const KIND_OF_FAILURE = ',"kind":"event","category":["web"],"type":["access","error"],"outcome":"';

/** What a body without anything remarkable says of itself. */
const UNREMARKABLE_BODY = '{"body":{"truncated":false}';

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
  readonly #out = new TextPieces();
  /** What is the same in every document of a recorder. */
  readonly #fixed: {
    readonly afterTime: string;
    readonly afterSequence: string;
    readonly observer: string;
    readonly tapline: string;
  };
  /** Where the last exchange went: mostly the same for all. */
  #server = { upstream: '', start: '' };

  constructor(who: EcsIdentity, names: SecretNames, bodies: BodyReader, trusted: TrustedProxies) {
    this.#bodies = bodies;
    this.#trusted = trusted;
    this.#redactor = new CountingRedactor(names);
    this.#headers = new HeaderTexts(this.#redactor);
    this.#url = new UrlText(this.#redactor);
    const dataset = quote(who.dataset);
    this.#fixed = {
      afterTime: `","ecs":{"version":"${ECS_VERSION}"},"event":{"id":`,
      afterSequence: `,"dataset":${dataset}},"data_stream":${JSON.stringify(dataStreamOf(who))},"http":{`,
      observer: `},${JSON.stringify(observerOf(who)).slice(1, -1)}`,
      tapline: `,"tapline":{"run":{"id":${quote(who.runId)}},"thread":${who.thread},"kind":"`,
    };
  }

  /** A finished exchange: its document, and its facts (`encodeFacts`) as the document says them. */
  of(exchange: Exchange, record: RecordIdentity): { readonly document: string; readonly facts: string } {
    this.#redactor.count = 0;
    const { connection, requestHeadOrNull: requestHead, responseHeadOrNull: responseHead } = exchange;
    const requestBody = this.#bodies.read(exchange.request.body, requestHead);
    const responseBody = this.#bodies.read(exchange.response.body, responseHead);
    const userAgent = requestHead?.header('user-agent');
    const forwarded = this.#forwardedBy(exchange);
    const isForwarded = forwarded !== null && forwarded.address !== connection.remoteAddress;
    const out = this.#out;
    // Of a record whose making failed.
    out.clear();
    const url = requestHead === null ? null : this.#url.read(requestHead, connection.scheme);
    const trace = traceOf(requestHead);
    this.#event(exchange, record);
    out.put(versionOf(exchange)).put('"request":');
    this.#request(exchange, requestBody);
    out.put(',"response":');
    this.#response(exchange, responseBody);
    out.put(url === null ? '}' : '},"url":');
    if (url !== null) writeUrl(out, url);
    out.put(trace?.members ?? '').put(this.#error(exchange));
    if (userAgent !== undefined)
      out.put(',"user_agent":{"original":').put(this.#headers.value('user-agent', userAgent)).put('}');
    this.#peers(exchange, forwarded);
    out.put(',"network":{"protocol":"http","transport":"tcp"');
    if (isForwarded) out.put(`,"forwarded_ip":${quote(forwarded.address)}`);
    out.put(this.#fixed.observer);
    const marks = this.#tapline(exchange, forwarded, requestBody, responseBody);
    const facts = factsText(exchange, url, forwarded, responseBody, trace, marks);
    return { document: out.take(), facts };
  }

  #event(exchange: Exchange, { id, sequence, timestampMs }: RecordIdentity): void {
    const outcome = outcomeOf(exchange);
    const { startWallMs, durationNs } = exchange;
    this.#out
      .put('{"@timestamp":"')
      .put(isoTime(timestampMs))
      .put(this.#fixed.afterTime)
      .put(quote(id))
      .put(outcome === 'failure' ? KIND_OF_FAILURE : KIND)
      .put(outcome)
      .put('","duration":')
      .put(String(durationNs))
      .put(',"start":"')
      .put(isoTime(startWallMs))
      .put('","end":"')
      .put(isoTime(startWallMs + durationNs / 1e6))
      .put('","sequence":')
      .put(String(sequence))
      .put(this.#fixed.afterSequence);
  }

  #request({ request, requestHeadOrNull: head }: Exchange, body: BodyFacts | null): void {
    const out = this.#out;
    const requestId = head?.injected?.requestId ?? null;
    const referrer = head?.header('referer');
    out.put(requestId === null ? '{' : `{"id":${quote(this.#redactor.text(requestId))},`);
    if (head !== null) out.put('"method":').put(quote(head.method)).put(',');
    this.#mimeType(body);
    if (referrer !== undefined) out.put('"referrer":').put(this.#headers.value('referer', referrer)).put(',');
    this.#message(request, head, body);
  }

  #response({ response, responseHeadOrNull: head }: Exchange, body: BodyFacts | null): void {
    if (head === null) this.#out.put('{');
    else this.#out.put('{"status_code":').put(String(head.status)).put(',');
    this.#mimeType(body);
    this.#message(response, head, body);
  }

  #mimeType(body: BodyFacts | null): void {
    if (body !== null && body.mimeType !== null)
      this.#out.put('"mime_type":').put(quote(body.mimeType)).put(',');
  }

  #message(
    half: Half,
    head: RequestHead | ResponseHead | GatewayAnswer | null,
    body: BodyFacts | null,
  ): void {
    const out = this.#out;
    const content = body?.content ?? null;
    out.put('"bytes":').put(String(half.bytes)).put(',"body":{"bytes":').put(String(half.body.totalBytes));
    if (content !== null) out.put(',"content":').put(JSON.stringify(content));
    if (head === null) out.put('}}');
    else {
      out.put('},"headers":');
      this.#headers.write(out, head.rawHeaders);
      out.put('}');
    }
  }

  #error({ error }: Exchange): string {
    if (error === null) return '';
    return `,"error":{"type":${quote(error.type)},"message":${quote(this.#redactor.text(error.message))}}`;
  }

  /** The two ends, each by its two names: client and source, server and destination. */
  #peers({ connection, request, response }: Exchange, forwarded: ForwardedClient | null): void {
    const out = this.#out;
    const address = quote(connection.remoteAddress);
    const ip = connection.remoteAddress === '' ? '' : `,"ip":${address}`;
    const source = `{"address":${address}${ip},"port":${connection.remotePort},"bytes":${request.bytes}}`;
    out.put(',"client":').put(forwarded === null ? source : clientOf(forwarded, request.bytes));
    out.put(',"source":').put(source);
    const start = this.#serverStart(connection.upstream);
    if (start === '') return;
    const bytes = String(response.bytes);
    out.put(',"server":').put(start).put(bytes).put('},"destination":').put(start).put(bytes).put('}');
  }

  #serverStart(upstream: string): string {
    if (upstream !== this.#server.upstream) {
      const { host, port } = splitAuthority(upstream);
      const start = host === '' ? '' : `{"address":${quote(host)},"port":${port},"bytes":`;
      this.#server = { upstream, start };
    }
    return this.#server.start;
  }

  /** Says how it was recorded; returns its marks as a fact. */
  #tapline(
    exchange: Exchange,
    forwarded: ForwardedClient | null,
    requestBody: BodyFacts | null,
    responseBody: BodyFacts | null,
  ): string | null {
    const { connection, leftOutBy, refusal, requestHeadOrNull } = exchange;
    const injected = requestHeadOrNull?.injected ?? null;
    const rawHead =
      refusal === null || refusal.rawHead.length === 0 ? null : this.#redactor.rawHead(refusal.rawHead);
    const injection = injected === null ? null : this.#injection(injected);
    const redacted =
      this.#redactor.count + (requestBody?.redactedCount ?? 0) + (responseBody?.redactedCount ?? 0);
    const out = this.#out.put(this.#fixed.tapline).put(kindOf(exchange));
    if (leftOutBy === null) out.put('","connection":{"id":');
    else
      out.put(`","rule":${quote(leftOutBy.rule.name)},"capture":"${leftOutBy.effect}","connection":{"id":`);
    const { requestEndNs } = exchange;
    const requestMarks = bodyMarksOf(requestBody);
    out.put(String(connection.id)).put('},"request":').put(requestMarks);
    if (requestEndNs !== null)
      out.put(requestMarks === '{' ? '"last_byte":' : ',"last_byte":').put(String(requestEndNs));
    out.put('},"response":').put(responseMarksOf(exchange, responseBody));
    if (forwarded !== null) out.put(`,"client":${JSON.stringify(forwardingOf(forwarded))}`);
    if (injection !== null) out.put(`,"injected":${JSON.stringify(injection)}`);
    if (rawHead !== null) out.put(`,"refused":${JSON.stringify(rawHead)}`);
    out.put(',"redacted":').put(String(redacted)).put('}}');
    return marksText({
      redacted: redacted > 0,
      truncated: isCut(requestBody) || isCut(responseBody) || rawHead?.truncated === true,
      dropped: isWithoutRoom(requestBody) || isWithoutRoom(responseBody),
      rule: leftOutBy !== null,
      gateway: exchange.gatewayStatus !== null,
      undecoded: hasDecodeError(requestBody) || hasDecodeError(responseBody),
    });
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

function outcomeOf({ error, responseHeadOrNull }: Exchange): 'failure' | 'success' | 'unknown' {
  if (error !== null) return 'failure';
  if (responseHeadOrNull === null) return 'unknown';
  return responseHeadOrNull.status >= 500 ? 'failure' : 'success';
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
function traceOf(head: RequestHead | null): TraceText | null {
  const own = head?.injected?.trace ?? null;
  if (own !== null)
    return traceText(
      own.traceId,
      own.spanId,
      own.parentId === null ? '' : `,"parent":{"id":${quote(own.parentId)}}`,
    );
  const given = head?.header('traceparent');
  const context = given === undefined ? null : parseTraceparent(given);
  return context === null ? null : traceText(context.traceId, context.spanId, '');
}

/** A trace as JSON. */
interface TraceText {
  readonly id: string;
  /** `,"trace":{...},"span":{...}` and what follows. */
  readonly members: string;
}

function traceText(traceId: string, spanId: string, parent: string): TraceText {
  const id = quote(traceId);
  return { id, members: `,"trace":{"id":${id}},"span":{"id":${quote(spanId)}}${parent}` };
}

/** In the order of FACT_NAMES, as `encodeFacts` writes them. */
function factsText(
  exchange: Exchange,
  url: UrlParts | null,
  forwarded: ForwardedClient | null,
  responseBody: BodyFacts | null,
  trace: TraceText | null,
  marks: string | null,
): string {
  const {
    connection,
    requestHeadOrNull: request,
    responseHeadOrNull: response,
    error,
    durationNs,
  } = exchange;
  const mimeType = responseBody?.mimeType ?? null;
  return (
    `["${kindOf(exchange)}",${request === null ? null : quote(request.method)},` +
    `${url?.domain || null},${url?.path ?? null},${response?.status ?? null},${durationNs},` +
    `${mimeType === null ? null : quote(mimeType)},"${outcomeOf(exchange)}",` +
    `${error === null ? null : quote(error.type)},${quote(forwarded?.address ?? connection.remoteAddress)},` +
    `${trace?.id ?? null},${connection.id},${marks === null ? null : `"${marks}"`}]`
  );
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

/** Whether of a body only the beginning is kept. */
function isCut(facts: BodyFacts | null): boolean {
  return facts !== null && facts.isTruncated && facts.dropped === null;
}

function isWithoutRoom(facts: BodyFacts | null): boolean {
  return facts !== null && facts.dropped !== null && facts.dropped !== 'capture-rule';
}

function hasDecodeError(facts: BodyFacts | null): boolean {
  return facts !== null && facts.decodeError !== null;
}

/** The beginning of what is said of a message: more may follow, and then `}`. */
function bodyMarksOf(facts: BodyFacts | null): string {
  if (facts === null) return '{';
  const { isTruncated, dropped, hash, decodeError, redactedCount } = facts;
  if (!isTruncated && dropped === null && hash === null && decodeError === null && redactedCount === 0)
    return UNREMARKABLE_BODY;
  const marks = JSON.stringify({
    truncated: isTruncated,
    ...(dropped === null ? {} : { dropped }),
    ...(hash === null ? {} : { hash }),
    ...(decodeError === null ? {} : { decode_error: decodeError }),
    ...(redactedCount === 0 ? {} : { redacted: redactedCount }),
  });
  return `{"body":${marks}`;
}

function responseMarksOf(exchange: Exchange, facts: BodyFacts | null): string {
  const { firstByteNs, interimStatuses, gatewayStatus } = exchange;
  const marks = bodyMarksOf(facts);
  const more =
    (firstByteNs === null ? '' : `,"first_byte":${firstByteNs}`) +
    (interimStatuses.length === 0 ? '' : `,"interim":[${interimStatuses.join(',')}]`) +
    (gatewayStatus === null ? '' : ',"from_gateway":true');
  return marks === '{' ? `{${more.slice(1)}}` : `${marks}${more}}`;
}

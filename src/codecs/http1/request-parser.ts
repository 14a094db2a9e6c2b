import { dropsFraming, parseFields, readFraming, readLooseFraming, TOKEN } from './fields.ts';
import { type Framing, hasToken, RequestHead } from './head.ts';
import { Http1Error } from './http1-error.ts';
import { MessageParser, type MessageSink, type ParserOptions } from './message-parser.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n');
/** Visible ASCII; a target is never anything else (RFC 9112 section 3.2). */
const TARGET = /^[!-~]+$/;

/** A host, a port, or nothing (RFC 9110 section 7.2). */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-fA-F:.]+\])(?::\d{0,5})?$/;

const USUAL_METHODS = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) => [method, method]),
);

/** The same text, for usual methods always the same string: what is compared often is compared at a glance. */
function usualMethod(method: string): string {
  return USUAL_METHODS.get(method) ?? method;
}

function versionOf(line: string, from: number): 'HTTP/1.1' | 'HTTP/1.0' | null {
  if (line.length - from !== 'HTTP/1.x'.length) return null;
  if (line.endsWith('HTTP/1.1')) return 'HTTP/1.1';
  return line.endsWith('HTTP/1.0') ? 'HTTP/1.0' : null;
}

/** Requests of one connection, strict after RFC 9112: what two parsers could read differently is an error. */
export class RequestParser extends MessageParser<RequestHead> {
  protected override readonly skipsBlankLines = true;
  #isOver = false;

  constructor(sink: MessageSink<RequestHead>, options: ParserOptions = {}) {
    super(sink, options);
  }

  protected override checkStart(held: Buffer): Http1Error | null {
    // The server closes after that request: what follows it would be read by one parser and not by another.
    if (this.#isOver)
      return new Http1Error(400, 'request-after-close', 'A request follows one that said it was the last.');
    if (
      held[0] !== PREFACE[0] ||
      held[1] !== PREFACE[1] ||
      held.length < PREFACE.length ||
      held.compare(PREFACE, 0, PREFACE.length, 0, PREFACE.length) !== 0
    )
      return null;
    return new Http1Error(505, 'http2-preface', 'HTTP/2 is not spoken here; use HTTP/1.1.');
  }

  protected override tooLong(isFirstLine: boolean): Http1Error {
    return isFirstLine
      ? new Http1Error(
          414,
          'request-line-too-long',
          `The request line is longer than ${this.limits.maxLineBytes} bytes.`,
        )
      : new Http1Error(
          431,
          'line-too-long',
          `A header field is longer than ${this.limits.maxLineBytes} bytes.`,
        );
  }

  protected override parseHead(lines: string[], raw: Buffer): RequestHead | Http1Error {
    const line = lines[0]!;
    const first = line.indexOf(' ');
    const last = line.lastIndexOf(' ');
    if (first < 0 || first === last || line.indexOf(' ', first + 1) !== last)
      return new Http1Error(400, 'bad-request-line', 'The request line is not method, target and version.');
    const method = usualMethod(line.slice(0, first));
    const target = line.slice(first + 1, last);
    if (!TOKEN.test(method))
      return new Http1Error(400, 'bad-method', 'The method has characters that are not allowed.');
    if (!TARGET.test(target))
      return new Http1Error(400, 'bad-target', 'The request target has characters that are not allowed.');
    const protocol = versionOf(line, last + 1);
    if (protocol === null)
      return /^HTTP\/\d(\.\d)?$/.test(line.slice(last + 1))
        ? new Http1Error(505, 'bad-version', 'Only HTTP/1.1 and HTTP/1.0 are spoken here.')
        : new Http1Error(400, 'bad-request-line', 'The request line ends in no HTTP version.');
    const fields = parseFields(lines, this.limits, this.isLoose, 1);
    if (fields instanceof Http1Error) return fields;
    const framing = this.isLoose ? readLooseFraming(fields) : readFraming(fields, protocol === 'HTTP/1.0');
    if (framing instanceof Http1Error) return framing;
    const head = new RequestHead(method, target, protocol, fields);
    head.raw = raw;
    head.framing = framing ?? { kind: 'none' };
    return this.#fill(head) ?? head;
  }

  protected override begin(head: RequestHead): Framing {
    this.#isOver = !head.isKeepAlive && !this.isLenient;
    this.sink.onHead(head);
    return head.framing;
  }

  /** What the fields say of the connection, and what the strict gateway does not forward. */
  #fill(head: RequestHead): Http1Error | null {
    let hosts = 0;
    let host = '';
    let connection: string | undefined;
    let upgrade: string | undefined;
    let isHttp2Settings = false;
    const raw = head.rawHeaders;
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index]!;
      // By length first: most names are none of these, and lower-casing each is dear.
      switch (name.length) {
        case 4:
          if (name.toLowerCase() === 'host') {
            hosts++;
            host = raw[index + 1]!;
          }
          break;
        case 6:
          if (name.toLowerCase() === 'expect')
            head.expectsContinue = raw[index + 1]!.toLowerCase() === '100-continue';
          break;
        case 7:
          if (name.toLowerCase() === 'upgrade')
            upgrade = upgrade === undefined ? raw[index + 1]! : `${upgrade}, ${raw[index + 1]!}`;
          break;
        case 10:
          if (name.toLowerCase() === 'connection')
            connection = connection === undefined ? raw[index + 1]! : `${connection}, ${raw[index + 1]!}`;
          break;
        case 14:
          if (name.toLowerCase() === 'http2-settings') isHttp2Settings = true;
      }
    }
    head.isKeepAlive =
      head.protocol === 'HTTP/1.1' ? !hasToken(connection, 'close') : hasToken(connection, 'keep-alive');
    if (upgrade !== undefined && hasToken(connection, 'upgrade')) head.upgrade = upgrade;
    if (this.isLenient) return null;
    if (hosts > 1 || (hosts === 0 && head.protocol === 'HTTP/1.1'))
      return new Http1Error(
        400,
        hosts === 0 ? 'missing-host' : 'several-hosts',
        'A request has exactly one Host field.',
      );
    if (!HOST.test(host)) return new Http1Error(400, 'bad-host', 'The Host field is no host and port.');
    if (dropsFraming(connection))
      return new Http1Error(
        400,
        'bad-connection-option',
        'The Connection field names a field that must not be dropped.',
      );
    if (head.method === 'CONNECT')
      return new Http1Error(
        501,
        'connect-method',
        'This is a gateway in front of one application, not a forward proxy.',
      );
    const target = checkTarget(head, hosts === 0 ? null : host);
    if (target !== null) return target;
    if (isHttp2Settings || hasToken(upgrade, 'h2c'))
      return new Http1Error(501, 'h2c-upgrade', 'An upgrade to HTTP/2 is not possible here; use HTTP/1.1.');
    return null;
  }
}

/** The forms of a target (RFC 9112 section 3.2): a path, `*` for OPTIONS, or a URL whose host is that of the Host field. */
function checkTarget({ method, path }: RequestHead, host: string | null): Http1Error | null {
  if (path.includes('#')) return new Http1Error(400, 'bad-target', 'The request target has a fragment.');
  if (path.startsWith('/') || (path === '*' && method === 'OPTIONS')) return null;
  const authority = /^https?:\/\/([^/?]+)/i.exec(path)?.[1];
  if (authority === undefined)
    return new Http1Error(400, 'bad-target', 'The request target is neither a path nor an http URL.');
  if (host !== null && authority.toLowerCase() !== host.toLowerCase())
    return new Http1Error(
      400,
      'host-mismatch',
      'The request target and the Host field name different hosts.',
    );
  return null;
}

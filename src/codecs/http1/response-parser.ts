import { parseFields, readFraming, readLooseFraming } from './fields.ts';
import { type Framing, hasToken, ResponseHead } from './head.ts';
import { Http1Error } from './http1-error.ts';
import { MessageParser, type MessageSink, type ParserOptions } from './message-parser.ts';

/** What a response parser asks and tells beyond any parser. */
export interface ResponseSink extends MessageSink<ResponseHead> {
  /** A 1xx answer but 101; its bytes are in `head.raw`. */
  onInterim(head: ResponseHead): void;
  /** The request that the next answer belongs to; null where none is open. */
  request(): { readonly method: string; readonly isUpgrade: boolean } | null;
}

const STATUS_LINE = /^(HTTP\/1\.[01]) ([1-9]\d\d)(?: ([^\0-\x08\x0a-\x1f\x7f]*))?$/; // oxlint-disable-line no-control-regex

interface StatusLine {
  readonly protocol: 'HTTP/1.1' | 'HTTP/1.0';
  readonly status: number;
  readonly reason: string;
}

/** A service answers with few of them. */
const MAX_KNOWN_STATUS_LINES = 64;
const MAX_KNOWN_LENGTH = 64;
const knownStatusLines = new Map<string, StatusLine>();

function readStatusLine(line: string): StatusLine | null {
  const known = knownStatusLines.get(line);
  if (known !== undefined) return known;
  const parts = STATUS_LINE.exec(line);
  if (parts === null) return null;
  const read: StatusLine = {
    protocol: parts[1] === 'HTTP/1.1' ? 'HTTP/1.1' : 'HTTP/1.0',
    status: Number(parts[2]),
    reason: parts[3] ?? '',
  };
  if (line.length <= MAX_KNOWN_LENGTH) {
    if (knownStatusLines.size >= MAX_KNOWN_STATUS_LINES) knownStatusLines.clear();
    knownStatusLines.set(line, read);
  }
  return read;
}

/** Answers of one connection, framed by the requests that they belong to (RFC 9112 section 6.3). */
export class ResponseParser extends MessageParser<ResponseHead> {
  protected override readonly skipsBlankLines = false;
  readonly #answers: ResponseSink;

  constructor(sink: ResponseSink, options: ParserOptions = {}) {
    super(sink, options);
    this.#answers = sink;
  }

  /** The peer closed in order. */
  end(): void {
    this.finish();
  }

  protected override tooLong(): Http1Error {
    return new Http1Error(
      431,
      'line-too-long',
      `A line of the head is longer than ${this.limits.maxLineBytes} bytes.`,
    );
  }

  protected override parseHead(lines: string[], raw: Buffer): ResponseHead | Http1Error {
    const start = readStatusLine(lines[0]!);
    if (start === null) return new Http1Error(400, 'bad-status-line', 'The status line cannot be read.');
    const fields = parseFields(lines, this.limits, this.isLoose, 1);
    if (fields instanceof Http1Error) return fields;
    const head = new ResponseHead(start.protocol, start.status, start.reason, fields);
    head.raw = raw;
    const request = this.#answers.request();
    if (request === null)
      return new Http1Error(400, 'unexpected-response', 'An answer came without a request.');
    const framing = this.isLoose
      ? readLooseFraming(fields)
      : readFraming(fields, head.protocol === 'HTTP/1.0');
    if (framing instanceof Http1Error) return framing;
    const connection = head.header('connection');
    head.isKeepAlive =
      head.protocol === 'HTTP/1.1' ? !hasToken(connection, 'close') : hasToken(connection, 'keep-alive');
    head.upgrade = head.status === 101 ? (head.header('upgrade') ?? null) : null;
    const hasNoBody =
      head.status < 200 || head.status === 204 || head.status === 304 || request.method === 'HEAD';
    head.framing = hasNoBody ? { kind: 'none' } : (framing ?? { kind: 'close' });
    if (head.status === 101 && !request.isUpgrade)
      return new Http1Error(400, 'unasked-upgrade', 'The upstream switched protocols without being asked.');
    return head;
  }

  protected override begin(head: ResponseHead): Framing | 'tunnel' | null {
    if (head.status < 200 && head.status !== 101) {
      this.#answers.onInterim(head);
      return null;
    }
    this.sink.onHead(head);
    return head.status === 101 ? 'tunnel' : head.framing;
  }
}

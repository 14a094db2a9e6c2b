import type { Framing } from './head.ts';
import { Http1Error } from './http1-error.ts';
import { type FieldLine, KnownLines } from './known-lines.ts';
import type { Http1Limits } from './limits.ts';

/** What a token is made of (RFC 9110 section 5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Fields that say where a message ends, or whom it is for. */
const FRAMING_FIELD = /^(?:content-length|transfer-encoding|host)$/i;
const CONTENT_LENGTH = 'content-length';
const TRANSFER_ENCODING = 'transfer-encoding';
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Splits a head or trailer section into lines without their ends. Whether these are sound is asked later: `lineEndError`. */
export function splitLines(text: string, isLenient: boolean): string[] {
  return text.split(isLenient ? /\r?\n/ : '\r\n');
}

/** A CR or LF that ends no line; strict: every line ends in CRLF. It counts before all else that may be wrong with the lines. */
export function lineEndError(lines: readonly string[], isLenient: boolean): Http1Error | null {
  for (const line of lines) {
    if (!isLenient && line.includes('\n'))
      return new Http1Error(400, 'bare-lf', 'A line ends in LF without CR.');
    if (line.includes('\r')) return new Http1Error(400, 'bare-cr', 'A CR stands without LF.');
  }
  return null;
}

/** Of this thread, for all connections: what is sound on one is sound on each. */
const known = new KnownLines();

/** Header lines, but the first `from`, to names and values in turn (RFC 9112 section 5). */
export function parseFields(
  lines: readonly string[],
  limits: Http1Limits,
  isLoose: boolean = false,
  from: number = 0,
): string[] | Http1Error {
  if (lines.length - from > limits.maxHeaders)
    return new Http1Error(431, 'too-many-headers', `More than ${limits.maxHeaders} header fields.`);
  const raw: string[] = [];
  for (let index = from; index < lines.length; index++) {
    const line = lines[index]!;
    if (line.length > limits.maxLineBytes)
      return new Http1Error(
        431,
        'line-too-long',
        `A header field is longer than ${limits.maxLineBytes} bytes.`,
      );
    const field = isLoose ? parseField(line, true) : (known.get(line) ?? parseField(line, false));
    if (field instanceof Http1Error) return field;
    raw.push(field.name, field.value);
  }
  return raw;
}

function parseField(line: string, isLoose: boolean): FieldLine | Http1Error {
  const first = line.charCodeAt(0);
  if (first === 32 || first === 9)
    return new Http1Error(400, 'obs-fold', 'A header field is folded over lines.');
  const colon = line.indexOf(':');
  if (colon <= 0) return new Http1Error(400, 'bad-header', 'A header line has no name.');
  const name = line.slice(0, colon);
  // Not recognised as the field that it looks like: nobody after us may either.
  if (!TOKEN.test(isLoose ? name.trimEnd() : name)) {
    const isBlank = name.endsWith(' ') || name.endsWith('\t');
    return isBlank
      ? new Http1Error(400, 'blank-before-colon', 'A blank stands before the colon of a header field.')
      : new Http1Error(400, 'bad-header', 'A header name has characters that are not allowed.');
  }
  const value = trimBlanks(line, colon + 1);
  if (CONTROL.test(value)) return new Http1Error(400, 'bad-header', 'A header value has control characters.');
  const field = { name, value };
  if (!isLoose) known.add(line, field);
  return field;
}

/** Trailers must not say what only a head may say (RFC 9110 section 6.5.1): a parser that merges them would believe it. */
export function checkTrailers(raw: readonly string[]): Http1Error | null {
  for (let index = 0; index < raw.length; index += 2)
    if (FRAMING_FIELD.test(raw[index]!.replaceAll('_', '-')))
      return new Http1Error(400, 'framing-in-trailers', `The field ${raw[index]!} stands in the trailers.`);
  return null;
}

/** Whether a Connection field names a field that must reach the next hop (RFC 9110 section 7.6.1). */
export function dropsFraming(connection: string | undefined): boolean {
  return (
    connection !== undefined && connection.split(',').some((name) => FRAMING_FIELD.test(trimBlanks(name, 0)))
  );
}

/**
 * The framing as the original found it: the last Content-Length, as far as it is a number; `chunked`, in lower case, wins. Two parsers may
 * well read such a message differently: only for `--compat`.
 */
export function readLooseFraming(raw: readonly string[]): Framing | null {
  let framing: Framing | null = null;
  let isChunked = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (name === 'content-length')
      framing = { kind: 'length', length: Math.max(0, parseInt(raw[index + 1]!, 10) || 0) };
    else if (name === 'transfer-encoding') isChunked = raw[index + 1]!.split(/[^a-z,-]+/).includes('chunked');
  }
  return isChunked ? { kind: 'chunked' } : framing;
}

/** Finds the framing that the fields say; null if they say none (RFC 9112 section 6.3). */
export function readFraming(raw: readonly string[], isOldProtocol: boolean): Framing | null | Http1Error {
  let length: string | null = null;
  let coding: string | null = null;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    // By length first: most names are none of these, and lower-casing each is dear.
    if (name.length !== CONTENT_LENGTH.length && name.length !== TRANSFER_ENCODING.length) continue;
    if (name.includes('_') && FRAMING_FIELD.test(name.replaceAll('_', '-')))
      return new Http1Error(400, 'disguised-framing', `The header name ${name} could be read as another.`);
    const lower = name.toLowerCase();
    if (lower === CONTENT_LENGTH) {
      if (length !== null)
        return new Http1Error(400, 'differing-content-lengths', 'Content-Length is given more than once.');
      length = raw[index + 1]!;
    } else if (lower === TRANSFER_ENCODING)
      coding = coding === null ? raw[index + 1]! : `${coding},${raw[index + 1]!}`;
  }
  if (coding !== null) {
    if (length !== null)
      return new Http1Error(
        400,
        'content-length-with-transfer-encoding',
        'Content-Length and Transfer-Encoding are both given.',
      );
    if (isOldProtocol)
      return new Http1Error(400, 'transfer-encoding-in-http-1-0', 'HTTP/1.0 knows no Transfer-Encoding.');
    const codings = coding.split(',').map((one) => trimBlanks(one, 0).toLowerCase());
    if (codings.indexOf('chunked') !== codings.length - 1 && codings.includes('chunked'))
      return new Http1Error(400, 'chunked-not-last', 'chunked must be the last transfer coding, once.');
    if (codings.length !== 1 || codings[0] !== 'chunked')
      return new Http1Error(
        501,
        'unknown-transfer-coding',
        'Only the transfer coding chunked is understood.',
      );
    return { kind: 'chunked' };
  }
  if (length === null) return null;
  if (length.includes(','))
    return new Http1Error(400, 'differing-content-lengths', 'Content-Length is given more than once.');
  if (!/^\d{1,16}$/.test(length) || Number(length) > Number.MAX_SAFE_INTEGER)
    return new Http1Error(400, 'bad-content-length', 'Content-Length is not a number of bytes.');
  return { kind: 'length', length: Number(length) };
}

/** Without the blanks around it: space and tab, nothing that Unicode calls a blank (RFC 9110 section 5.6.3). */
export function trimBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && (line.charCodeAt(start) === 32 || line.charCodeAt(start) === 9)) start++;
  while (end > start && (line.charCodeAt(end - 1) === 32 || line.charCodeAt(end - 1) === 9)) end--;
  return line.slice(start, end);
}

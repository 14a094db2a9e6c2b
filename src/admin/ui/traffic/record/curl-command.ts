import { countRedacted, type HeaderLine, headerValue, isRedacted } from './header-lines.ts';
import type { ShownBody, ShownRecord } from './shown-record.ts';
import { hasNul, needsPrintf, printfFormat, shellQuote } from './shell-quote.ts';

/** Fields that curl makes itself, from the URL, the body and the connection. */
const MADE_BY_CURL = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * A command for `sh` that sends the request of a record again. What the record does not hold is said in comments above it: covered values, cut
 * or missing bodies. No text of the record is anything but a value of an argument. Null where there was no request with an http URL.
 */
export function curlCommand(record: ShownRecord): string | null {
  const url = record.url.full;
  const { method } = record;
  if (url === null || method === null || !/^https?:\/\//i.test(url)) return null;
  const body = bodyOf(record.request.body);
  const headers = record.request.headers.filter((header) => isSent(header, record, body !== null));
  const words = ['curl'];
  const parts: string[] = [];
  const add = (option: string, value?: string): number =>
    parts.push(value === undefined ? option : `${option} ${shellQuote(value)}`);
  if (method === 'HEAD' && body === null) words.push('--head');
  else if (method !== (body === null ? 'GET' : 'POST')) add('--request', method);
  if (record.version === '1.0') words.push('--http1.0');
  if (/[[\]{}]/.test(url)) words.push('--globoff');
  if (/\/\.\.?(?:[/?#]|$)/.test(url)) words.push('--path-as-is');
  if (/gzip|br|deflate|zstd/i.test(headerValue(headers, 'accept-encoding') ?? '')) words.push('--compressed');
  add('--url', url);
  for (const header of headers) add('--header', headerArgument(header));
  if (body !== null) {
    if (headerValue(headers, 'content-type') === null) add('--header', 'Content-Type:');
    if (needsPrintf(body)) parts.push('--data-binary @-');
    else add('--data-raw', body);
  }
  const from = body !== null && needsPrintf(body) ? `printf '${printfFormat(body)}' | ` : '';
  const command = `${from}${words.join(' ')} ${parts.join(' \\\n  ')}\n`;
  const comments = commentsOf(record, headers, body);
  return `${comments.map((comment) => `# ${comment}\n`).join('')}${command}`;
}

/** The body as far as it can be sent again. */
function bodyOf({ text }: ShownBody): string | null {
  return text === null || text === '' ? null : text;
}

function isSent({ name, value }: HeaderLine, record: ShownRecord, hasBody: boolean): boolean {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name) || MADE_BY_CURL.has(lower) || /[\r\n]/.test(value)) return false;
  if (lower === 'host') return value !== authorityOf(record.url.full!);
  // Its text is recorded as it was before it was encoded.
  if (lower === 'content-encoding') return !(hasBody && record.request.body.decodeError === null);
  return true;
}

function headerArgument({ name, value }: HeaderLine): string {
  // Nothing after the colon would take the field away.
  return value === '' ? `${name};` : `${name}: ${value}`;
}

/** Plain words: some shells read what stands in a comment when it is pasted. */
function commentsOf(record: ShownRecord, headers: readonly HeaderLine[], body: string | null): string[] {
  const comments: string[] = [];
  const sent = [record.url.full!, ...headers.map(({ value }) => value), body ?? ''];
  const redacted = sent.filter(isRedacted).reduce((sum, text) => sum + countRedacted(text), 0);
  if (redacted > 0)
    comments.push(
      redacted === 1
        ? '1 value was redacted in the record. Put the real one where REDACTED stands.'
        : `${redacted} values were redacted in the record. Put the real ones where REDACTED stands.`,
    );
  const { bytes, isTruncated, coding, decodeError } = record.request.body;
  if (body === null && bytes !== null && bytes > 0)
    comments.push(`The body of ${bytes} bytes was not recorded and is left out.`);
  if (body !== null && isTruncated)
    comments.push(`Only the beginning of the body was recorded, it had ${bytes ?? 'more'} bytes.`);
  if (body !== null && coding !== null && decodeError === null)
    comments.push('The body was sent encoded, here it is decoded and Content-Encoding is left out.');
  if (record.request.headers.some(({ name, value }) => !TOKEN.test(name) || /[\r\n]/.test(value)))
    comments.push('Header fields that no client can send are left out.');
  if ([record.url.full!, record.method!, ...headers.map(({ value }) => value)].some(hasNul))
    comments.push('NUL bytes cannot be written in a command and are left out.');
  return comments;
}

function authorityOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
}

import type { Framing, Headers } from './head.ts';
import { reasonPhrase } from './reason-phrases.ts';

/** A head as a script gives it: any subset of the fields (spec events-and-data 7). */
export interface HeadLike {
  readonly method?: unknown;
  readonly path?: unknown;
  readonly protocol?: unknown;
  readonly status?: unknown;
  readonly statusText?: unknown;
  readonly headers?: Headers | null;
}

/** Framing and hop-by-hop fields are the encoder's to write. */
const OWN_FIELDS = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

/** A request head as bytes. Throws TypeError where a part has CR, LF or NUL (header injection). */
export function encodeRequestHead(head: HeadLike | null, framing: Framing): Buffer {
  const line = `${part(head?.method || 'GET')} ${part(head?.path || '/')} ${part(head?.protocol || 'HTTP/1.1')}\r\n`;
  return Buffer.from(`${line}${fields(head?.headers)}${framingField(framing)}\r\n`, 'latin1');
}

/** A response head as bytes; `isKeepAlive` null writes no Connection field. */
export function encodeResponseHead(
  head: HeadLike | null,
  framing: Framing,
  isKeepAlive: boolean | null,
): Buffer {
  const status = Number(head?.status) || 200;
  const line = `${part(head?.protocol || 'HTTP/1.1')} ${status} ${part(head?.statusText || reasonPhrase(status))}\r\n`;
  const connection = isKeepAlive === null ? '' : `Connection: ${isKeepAlive ? 'keep-alive' : 'close'}\r\n`;
  return Buffer.from(`${line}${fields(head?.headers)}${connection}${framingField(framing)}\r\n`, 'latin1');
}

/** The line before `size` bytes of a chunk. */
export function chunkSizeLine(size: number): Buffer {
  return Buffer.from(`${size.toString(16)}\r\n`, 'latin1');
}

export const CRLF = Buffer.from('\r\n');
export const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** A whole response of our own: plain text, closing the connection; without the body for HEAD. */
export function refusalResponse(status: number, message: string, isHead = false): Buffer {
  const body = Buffer.from(`${status} ${reasonPhrase(status)}\n${message}\n`);
  const head =
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return Buffer.concat(isHead ? [Buffer.from(head)] : [Buffer.from(head), body]);
}

function fields(headers: Headers | null | undefined): string {
  let text = '';
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === null || value === undefined || OWN_FIELDS.has(name.toLowerCase())) continue;
    for (const one of Array.isArray(value) ? value : [value]) text += `${part(name)}: ${part(one)}\r\n`;
  }
  return text;
}

function framingField(framing: Framing): string {
  if (framing.kind === 'length') return `Content-Length: ${framing.length}\r\n`;
  return framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '';
}

function part(value: unknown): string {
  const text = String(value);
  // oxlint-disable-next-line no-control-regex -- exactly these must not pass
  if (/[\r\n\0]/.test(text)) throw new TypeError(`${JSON.stringify(text)} must not contain CR, LF or NUL`);
  return text;
}

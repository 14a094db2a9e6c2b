import type { InjectedFields } from './injected-fields.ts';

/** How the end of a body is found (RFC 9112 section 6). `close` only for responses. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

export type Headers = Record<string, string | string[]>;

/** Fields of one hop; scripts never see them, encoders make them anew (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
]);

/** What requests and responses have in common. Header values are latin1 text, one character a byte. */
abstract class Head {
  readonly protocol: string;
  /** Names and values in turn, as received; values trimmed. */
  readonly rawHeaders: string[];
  /** The bytes of the head as received, with the blank line; null for a head that was not parsed. */
  raw: Buffer | null = null;
  framing: Framing = { kind: 'none' };
  isKeepAlive = true;
  /** The protocol asked for or switched to, where `Connection` names it. */
  upgrade: string | null = null;
  #headers: Headers | null = null;

  constructor(protocol: string, rawHeaders: string[]) {
    this.protocol = protocol;
    this.rawHeaders = rawHeaders;
  }

  /** Headers by lower-case name, without those of one hop (spec events-and-data 7.3); made at the first use. */
  get headers(): Headers {
    return (this.#headers ??= joinHeaders(this.rawHeaders));
  }
  set headers(headers: Headers) {
    this.#headers = headers;
  }

  /** The values of a field, joined with commas; undefined if it is not there. */
  header(name: string): string | undefined {
    const { rawHeaders } = this;
    let found: string | undefined;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const candidate = rawHeaders[index]!;
      if (candidate.length === name.length && candidate.toLowerCase() === name)
        found = found === undefined ? rawHeaders[index + 1]! : `${found}, ${rawHeaders[index + 1]!}`;
    }
    return found;
  }
}

/** The head of a request; `path` is the request target as received. */
export class RequestHead extends Head {
  method: string;
  path: string;
  expectsContinue = false;
  /** What went on beside or instead of what came; null where the head was sent on as it came. */
  injected: InjectedFields | null = null;
  constructor(method: string, path: string, protocol: string, rawHeaders: string[]) {
    super(protocol, rawHeaders);
    this.method = method;
    this.path = path;
  }
}

/** The head of a response. */
export class ResponseHead extends Head {
  status: number;
  statusText: string;
  constructor(protocol: string, status: number, statusText: string, rawHeaders: string[]) {
    super(protocol, rawHeaders);
    this.status = status;
    this.statusText = statusText;
  }
}

/** Whether a comma list has a token, in any case. */
export function hasToken(list: string | undefined, token: string): boolean {
  if (list === undefined) return false;
  if (!list.includes(',')) return isToken(list, token);
  return list.split(',').some((part) => isToken(part, token));
}

function isToken(text: string, token: string): boolean {
  if (text.length < token.length) return false;
  return (text.length === token.length ? text : text.replace(/^[ \t]+|[ \t]+$/g, '')).toLowerCase() === token;
}

function joinHeaders(rawHeaders: readonly string[]): Headers {
  const headers: Headers = {};
  const dropped = new Set(HOP_BY_HOP);
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.toLowerCase() === 'connection')
      for (const name of rawHeaders[index + 1]!.split(',')) dropped.add(name.trim().toLowerCase());
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (dropped.has(name) || name === '__proto__') continue;
    const value = rawHeaders[index + 1]!;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (name === 'set-cookie')
      headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
    else headers[name] = `${before as string}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}

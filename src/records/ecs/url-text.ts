import type { RequestHead } from '../../codecs/http1/head.ts';
import { splitAuthority } from './authority.ts';
import type { CountingRedactor } from './counting-redactor.ts';
import { isPlain, quote } from './json-text.ts';
import { shownText } from './shown-text.ts';
import type { TextPieces } from './text-pieces.ts';

/** The parts of a URL as JSON; empty where there is none. */
export interface UrlParts {
  readonly original: string;
  readonly full: string;
  readonly scheme: string;
  readonly domain: string;
  /** Digits. */
  readonly port: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** The effective request URI (RFC 9110 section 7.1), redacted. */
export class UrlText {
  readonly #redactor: CountingRedactor;
  /** Most requests name the host that the one before named. */
  #last = { authority: '', domain: '', port: '' };

  constructor(redactor: CountingRedactor) {
    this.#redactor = redactor;
  }

  read(head: RequestHead, scheme: string): UrlParts {
    const original = this.#redactor.text(shownText(head.path));
    const isAbsolute = !original.startsWith('/') && /^[a-z][a-z0-9+.-]*:\/\//i.test(original);
    const authority = isAbsolute ? original.split('/')[2]! : shownText(head.header('host') ?? '');
    const target = isAbsolute
      ? original.slice(original.indexOf('//') + 2 + authority.length) || '/'
      : original;
    // What is plain as a whole is plain in its parts.
    const text = isPlain(original) && isPlain(authority) ? plainText : quote;
    const fragmentAt = target.indexOf('#');
    const resource = fragmentAt < 0 ? target : target.slice(0, fragmentAt);
    const queryAt = resource.indexOf('?');
    const full = isAbsolute ? original : `${scheme}://${authority}${original}`;
    if (authority !== this.#last.authority) this.#last = readAuthority(authority);
    return {
      original: text(original),
      full: authority === '' ? '' : text(full),
      scheme: `"${scheme}"`,
      domain: this.#last.domain,
      port: this.#last.port,
      path: text(queryAt < 0 ? resource : resource.slice(0, queryAt)),
      query: queryAt < 0 ? '' : text(resource.slice(queryAt + 1)),
      fragment: fragmentAt < 0 ? '' : text(target.slice(fragmentAt + 1)),
    };
  }
}

/** Writes the JSON of ECS `url`. */
export function writeUrl(out: TextPieces, url: UrlParts): void {
  out.put('{"original":').put(url.original);
  if (url.full !== '') out.put(',"full":').put(url.full);
  out.put(',"scheme":').put(url.scheme);
  if (url.domain !== '') out.put(',"domain":').put(url.domain);
  if (url.port !== '') out.put(',"port":').put(url.port);
  out.put(',"path":').put(url.path);
  if (url.query !== '') out.put(',"query":').put(url.query);
  if (url.fragment !== '') out.put(',"fragment":').put(url.fragment);
  out.put('}');
}

function readAuthority(authority: string): { authority: string; domain: string; port: string } {
  const { host, port } = splitAuthority(authority.slice(authority.lastIndexOf('@') + 1));
  return { authority, domain: host === '' ? '' : quote(host), port: port === 0 ? '' : String(port) };
}

function plainText(text: string): string {
  return `"${text}"`;
}

import type { RequestHead } from '../../codecs/http1/head.ts';
import { splitAuthority } from './authority.ts';
import type { CountingRedactor } from './counting-redactor.ts';
import { isPlain, quote } from './json-text.ts';
import { shownText } from './shown-text.ts';
import type { TextPieces } from './text-pieces.ts';

/** What the authority of a URL says, as JSON members. */
interface AuthorityText {
  readonly authority: string;
  readonly members: string;
}

/** The effective request URI (RFC 9110 section 7.1) as the JSON of ECS `url`, redacted. */
export class UrlText {
  readonly #redactor: CountingRedactor;
  /** Most requests name the host that the one before named. */
  #last: AuthorityText = { authority: '', members: '' };

  constructor(redactor: CountingRedactor) {
    this.#redactor = redactor;
  }

  write(out: TextPieces, head: RequestHead, scheme: string): void {
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
    out.put('{"original":').put(text(original));
    if (authority !== '')
      out.put(',"full":').put(text(isAbsolute ? original : `${scheme}://${authority}${original}`));
    out.put(',"scheme":"').put(scheme).put('"').put(this.#authority(authority)).put(',"path":');
    out.put(text(queryAt < 0 ? resource : resource.slice(0, queryAt)));
    if (queryAt >= 0) out.put(',"query":').put(text(resource.slice(queryAt + 1)));
    if (fragmentAt >= 0) out.put(',"fragment":').put(text(target.slice(fragmentAt + 1)));
    out.put('}');
  }

  #authority(authority: string): string {
    if (authority !== this.#last.authority) {
      const { host, port } = splitAuthority(authority.slice(authority.lastIndexOf('@') + 1));
      const members = (host === '' ? '' : `,"domain":${quote(host)}`) + (port === 0 ? '' : `,"port":${port}`);
      this.#last = { authority, members };
    }
    return this.#last.members;
  }
}

function plainText(text: string): string {
  return `"${text}"`;
}

import type { RequestHead } from '../../codecs/http1/head.ts';
import { splitAuthority } from './authority.ts';
import type { CountingRedactor } from './counting-redactor.ts';
import { isPlain, quote } from './json-text.ts';
import { shownText } from './shown-text.ts';

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

  of(head: RequestHead, scheme: string): string {
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
    return (
      `{"original":${text(original)}` +
      (authority === '' ? '' : `,"full":${text(full)}`) +
      `,"scheme":"${scheme}"${this.#authority(authority)}` +
      `,"path":${text(queryAt < 0 ? resource : resource.slice(0, queryAt))}` +
      (queryAt < 0 ? '' : `,"query":${text(resource.slice(queryAt + 1))}`) +
      (fragmentAt < 0 ? '}' : `,"fragment":${text(target.slice(fragmentAt + 1))}}`)
    );
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

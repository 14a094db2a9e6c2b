import { expects, type GlobalDeclaration } from './declaration.ts';

interface Parts {
  protocol: string;
  username: string;
  password: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'ws:': '80',
  'wss:': '443',
  'ftp:': '21',
};

/** URLs taken apart (spec api 7). */
export const url: GlobalDeclaration = {
  name: 'URL',
  summary: 'A URL taken apart. Never fails: what no standard parser accepts is cut at its marks.',
  types: `/** A URL taken apart. */
declare class URL {
  constructor(text: string, base?: string);
  readonly protocol: string;
  /** \`user:password\` */
  readonly auth: string;
  readonly username: string;
  readonly password: string;
  /** With the port. */
  readonly host: string;
  readonly hostname: string;
  /** The protocol's own where the text has none. */
  readonly port: string;
  /** With the query. */
  readonly path: string;
  readonly pathname: string;
  /** With its question mark. */
  readonly search: string;
  readonly query: string;
  readonly hash: string;
  readonly origin: string;
  readonly href: string;
}`,
  examples: [
    { code: `new URL('https://u:p@ex.org:8443/a/b?x=1#h').path`, gives: '"/a/b?x=1"' },
    { code: `new URL('https://ex.org/').port`, gives: '"443"' },
    { code: `new URL('b?y=2', 'http://ex.org/a/c').href`, gives: '"http://ex.org/a/b?y=2"' },
  ],
  create: () => ScriptUrl,
};

class ScriptUrl {
  readonly #parts: Parts;
  readonly #hasPort: boolean;

  constructor(text: unknown, base?: unknown) {
    if (typeof text !== 'string') throw expects(1, 'a string');
    if (base !== undefined && base !== null && typeof base !== 'string') throw expects(2, 'a string');
    const parts = standard(text, base ?? null) ?? byMarks(text, base ?? null);
    this.#hasPort = parts.port !== '';
    this.#parts = { ...parts, port: parts.port || (DEFAULT_PORTS[parts.protocol] ?? '80') };
  }

  get protocol(): string {
    return this.#parts.protocol;
  }

  get auth(): string {
    const { username, password } = this.#parts;
    return password === '' ? username : `${username}:${password}`;
  }

  get username(): string {
    return this.#parts.username;
  }

  get password(): string {
    return this.#parts.password;
  }

  get host(): string {
    const { hostname, port } = this.#parts;
    return this.#hasPort ? `${hostname}:${port}` : hostname;
  }

  get hostname(): string {
    return this.#parts.hostname;
  }

  get port(): string {
    return this.#parts.port;
  }

  get path(): string {
    return this.#parts.pathname + this.#parts.search;
  }

  get pathname(): string {
    return this.#parts.pathname;
  }

  get search(): string {
    return this.#parts.search;
  }

  get query(): string {
    return this.#parts.search.slice(1);
  }

  get hash(): string {
    return this.#parts.hash;
  }

  get origin(): string {
    return `${this.#parts.protocol}//${this.host}`;
  }

  get href(): string {
    const auth = this.auth === '' ? '' : `${this.auth}@`;
    return `${this.#parts.protocol}//${auth}${this.host}${this.path}${this.#parts.hash}`;
  }

  toString(): string {
    return this.href;
  }
}

/** As the URL standard reads it; null where it does not, or where there is no host. */
function standard(text: string, base: string | null): Parts | null {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (!isAbsolute && (base === null || !URL.canParse(text, base))) return null;
  if (!URL.canParse(text, base ?? undefined)) return null;
  const read = new URL(text, base ?? undefined);
  if (read.hostname === '') return null;
  const { protocol, username, password, hostname, pathname, search, hash } = read;
  // A port that is written is kept, also where it is the protocol's own.
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*?:(\d{1,5})(?=[/?#]|$)/i.exec(isAbsolute ? text : base!);
  const port = read.port || (written === null ? '' : String(Number(written[1])));
  return { protocol, username, password, hostname, port, pathname: pathname || '/', search, hash };
}

/** The rules of the original: cut at `://`, `@`, the last colon, `?` and `#`; a text without `//` is all path. */
function byMarks(text: string, base: string | null): Parts {
  const whole = /^(?:([^:/?#]*:)?\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text)!;
  const [, protocol, authority, path = '', search = '', hash = ''] = whole;
  if (base !== null && authority === undefined) {
    const from = standard(base, null) ?? byMarks(base, null);
    const folder = from.pathname.slice(0, from.pathname.lastIndexOf('/') + 1) || '/';
    return { ...from, pathname: path.startsWith('/') ? path : folder + path, search, hash };
  }
  const at = (authority ?? '').lastIndexOf('@');
  const auth = (authority ?? '').slice(0, Math.max(0, at));
  const host = (authority ?? '').slice(at + 1);
  const [, hostname = '', port = ''] = /^(.*?)(?::(\d*))?$/s.exec(host)!;
  const colon = auth.indexOf(':');
  return {
    protocol: protocol ?? 'http:',
    username: colon < 0 ? auth : auth.slice(0, colon),
    password: colon < 0 ? '' : auth.slice(colon + 1),
    hostname,
    port,
    pathname: path || '/',
    search,
    hash,
  };
}

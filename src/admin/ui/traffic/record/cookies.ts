import type { HeaderLine } from './header-lines.ts';

/** A cookie that a client sent or a server set. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Of `Set-Cookie`: `Path=/`, `HttpOnly`, in their order. */
  readonly attributes: readonly string[];
}

const MAX_COOKIES = 300;

/** Cookies of a request (RFC 6265 section 5.4) or an answer; a header that is covered as a whole tells none. */
export function readCookies(headers: readonly HeaderLine[]): readonly Cookie[] {
  return headers
    .flatMap(({ name, value }) => {
      const lower = name.toLowerCase();
      if (lower === 'cookie') return value.split(';').flatMap((pair) => readPair(pair, []));
      if (lower !== 'set-cookie') return [];
      const [pair = '', ...attributes] = value.split(';').map((part) => part.trim());
      return readPair(pair, attributes);
    })
    .slice(0, MAX_COOKIES);
}

function readPair(pair: string, attributes: readonly string[]): readonly Cookie[] {
  const equals = pair.indexOf('=');
  if (equals < 0) return [];
  return [{ name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim(), attributes }];
}

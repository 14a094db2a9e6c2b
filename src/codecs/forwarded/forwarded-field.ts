/** One element of a `Forwarded` field: what one proxy told. */
export interface ForwardedElement {
  /** As it stands in the field. */
  readonly text: string;
  /** Values by lower-case name, without quotes. */
  readonly pairs: ReadonlyMap<string, string>;
}

/** Unquoted colons and brackets are not allowed there (RFC 7239 section 4) and are common all the same. */
const PAIR =
  /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z:[\]]+))[ \t]*/y;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The elements of a field value, in order (RFC 7239 section 4); null where it is malformed. Linear in its length. */
export function parseForwarded(value: string): ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let pairs = new Map<string, string>();
  let start = 0;
  let at = 0;
  const close = (): void => {
    if (pairs.size > 0) elements.push({ text: value.slice(start, at).trim(), pairs });
    pairs = new Map();
  };
  while (at < value.length) {
    const character = value[at]!;
    if (character === ',') {
      close();
      start = ++at;
      continue;
    }
    // Empty elements and empty pairs are no error (RFC 9110 section 5.6.1).
    if (character === ';' || character === ' ' || character === '\t') {
      at++;
      continue;
    }
    PAIR.lastIndex = at;
    const found = PAIR.exec(value);
    if (found === null) return null;
    const name = found[1]!.toLowerCase();
    if (pairs.has(name)) return null;
    pairs.set(name, found[3] ?? found[2]!.replaceAll(/\\(.)/g, '$1'));
    at = PAIR.lastIndex;
    if (at < value.length && value[at] !== ',' && value[at] !== ';') return null;
  }
  close();
  return elements;
}

/** One element, values quoted where they must be. @param pairs names with their values; those that are null are left out */
export function formatForwarded(pairs: Readonly<Record<string, string | null>>): string {
  return Object.entries(pairs)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${quoted(value)}`]))
    .join(';');
}

/** An address as the value of `for`: IPv6 in brackets (RFC 7239 section 6); `unknown` where there is none. */
export function forwardedNode(address: string): string {
  if (address === '') return 'unknown';
  return address.includes(':') ? `[${address}]` : address;
}

function quoted(value: string): string {
  return TOKEN.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

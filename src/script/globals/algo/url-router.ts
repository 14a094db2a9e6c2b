import { expects } from '../declaration.ts';

/** The paths of one domain. */
interface Paths {
  readonly exact: Map<string, unknown>;
  /** Prefixes of rules that end in a star, by the path before it: `/a` for `/a/*`. */
  readonly prefixes: Map<string, unknown>;
}

/** The class `algo.URLRouter` (spec api 11): rules `[domain]/path` to values. */
export class URLRouter {
  readonly #byDomain = new Map<string, Paths>();

  constructor(rules?: unknown) {
    if (rules === undefined || rules === null) return;
    if (typeof rules !== 'object') throw expects(1, 'an object');
    for (const [pattern, value] of Object.entries(rules)) this.add(pattern, value);
  }

  /** A domain may begin with the label `*`, a path may end in `/*`. */
  add(pattern: unknown, value: unknown): void {
    if (typeof pattern !== 'string') throw expects(1, 'a string');
    const slash = pattern.indexOf('/');
    if (slash < 0 || pattern.slice(0, slash).includes(':'))
      throw new TypeError(`invalid URL pattern: ${pattern}; expected [domain]/path without a port`);
    const [domain, path] = [pattern.slice(0, slash), pattern.slice(slash)];
    let paths = this.#byDomain.get(domain);
    if (paths === undefined) this.#byDomain.set(domain, (paths = { exact: new Map(), prefixes: new Map() }));
    if (path.endsWith('/*')) paths.prefixes.set(path.slice(0, -2), value);
    else paths.exact.set(path, value);
  }

  /** The value of the best rule for the parts, joined by single slashes; undefined where none matches. */
  find(...parts: unknown[]): unknown {
    const text = joined(parts.filter((part) => part !== undefined && part !== null).map(String));
    const [target = ''] = text.split('?');
    const slash = target.indexOf('/');
    if (slash < 0) return undefined;
    const domain = target.slice(0, slash).replace(/:\d*$/, '');
    const path = target.slice(slash);
    const rest = domain.indexOf('.');
    const wildcard = rest > 0 ? `*${domain.slice(rest)}` : null;
    for (const name of domain === '' ? [''] : wildcard === null ? [domain, ''] : [domain, wildcard, '']) {
      const found = this.#match(name, path);
      if (found !== null) return found.value;
    }
    return undefined;
  }

  /** The exact path first, then the longest prefix. */
  #match(domain: string, path: string): { value: unknown } | null {
    const paths = this.#byDomain.get(domain);
    if (paths === undefined) return null;
    if (paths.exact.has(path)) return { value: paths.exact.get(path) };
    for (let end = path.length; end >= 0; end = path.lastIndexOf('/', end - 1)) {
      const prefix = path.slice(0, end);
      if (paths.prefixes.has(prefix)) return { value: paths.prefixes.get(prefix) };
      if (end === 0) break;
    }
    return null;
  }
}

function joined(parts: readonly string[]): string {
  let text = parts[0] ?? '';
  for (const part of parts.slice(1)) text = `${text.replace(/\/$/, '')}/${part.replace(/^\//, '')}`;
  return text;
}

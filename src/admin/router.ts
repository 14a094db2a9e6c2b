import type { Endpoint } from './endpoint.ts';

/** Where a request leads. */
export type Match =
  | {
      readonly kind: 'endpoint';
      readonly endpoint: Endpoint;
      readonly path: string;
      readonly values: Record<string, string>;
    }
  /** The path is there, the method is not. */
  | { readonly kind: 'other-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none'; readonly path: string }
  /** The path is not well formed: broken percent-encoding, a slash or a NUL within a segment. */
  | { readonly kind: 'malformed' };

interface Entry {
  readonly segments: readonly string[];
  readonly endpoint: Endpoint;
}

/** Finds the endpoint of a request by its path, segment by segment; what is written out wins over what stands in braces. */
export class Router {
  readonly #entries: readonly Entry[];

  constructor(endpoints: readonly Endpoint[]) {
    this.#entries = endpoints
      .map((endpoint) => ({ segments: endpoint.description.path.slice(1).split('/'), endpoint }))
      .toSorted((left, right) => compare(left.segments, right.segments));
  }

  /** @param method HEAD is as GET @param rawPath as it stands in the request line, without the query */
  find(method: string, rawPath: string): Match {
    const segments: string[] = [];
    for (const raw of rawPath.slice(1).split('/')) {
      let segment: string;
      try {
        segment = decodeURIComponent(raw);
      } catch {
        return { kind: 'malformed' };
      }
      if (segment.includes('/') || segment.includes('\0')) return { kind: 'malformed' };
      segments.push(segment);
    }
    const path = `/${segments.join('/')}`;
    const wanted = method === 'HEAD' ? 'GET' : method;
    const allowed = new Set<string>();
    let best: readonly string[] | null = null;
    for (const { segments: pattern, endpoint } of this.#entries) {
      // A less exact pattern is another resource.
      if (best !== null && pattern.join('/') !== best.join('/')) break;
      const values = match(pattern, segments);
      if (values === null) continue;
      if (endpoint.description.method === wanted) return { kind: 'endpoint', endpoint, path, values };
      best = pattern;
      allowed.add(endpoint.description.method);
    }
    if (allowed.size === 0) return { kind: 'none', path };
    if (allowed.has('GET')) allowed.add('HEAD');
    return { kind: 'other-method', allowed: [...allowed].toSorted() };
  }
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const values: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const name = /^\{(\w+)(\.\.\.)?\}$/.exec(part);
    if (name?.[2] !== undefined) {
      const rest = segments.slice(index);
      if (rest.length === 0 || rest.join('/') === '') return null;
      values[name[1]!] = rest.join('/');
      return values;
    }
    const segment = segments[index];
    if (segment === undefined || (name === null ? segment !== part : segment === '')) return null;
    if (name !== null) values[name[1]!] = segment;
  }
  return segments.length === pattern.length ? values : null;
}

/** What is written out first, then one segment, then the rest. */
function compare(left: readonly string[], right: readonly string[]): number {
  const rank = (part: string | undefined): number =>
    part === undefined ? 0 : part.endsWith('...}') ? 3 : part.startsWith('{') ? 2 : 1;
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = rank(left[index]) - rank(right[index]);
    if (difference !== 0) return difference;
    if (left[index] !== right[index]) return (left[index] ?? '') < (right[index] ?? '') ? -1 : 1;
  }
  return 0;
}

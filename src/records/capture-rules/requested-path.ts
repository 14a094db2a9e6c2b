/** What a server may read as another path: dot segments, empty ones, and the same in disguise. */
const AMBIGUOUS = /\/\/|\\|%2e|%2f|%5c|%00|\/\.{1,2}(?:[/;]|$)/i;

/** The path of a request target, without the query; null where servers could differ on which path it is. */
export function requestedPath(target: string): string | null {
  const query = target.indexOf('?');
  const beforeQuery = query < 0 ? target : target.slice(0, query);
  const scheme = /^https?:\/\/[^/]*/i.exec(beforeQuery)?.[0];
  const path = scheme === undefined ? beforeQuery : beforeQuery.slice(scheme.length) || '/';
  return AMBIGUOUS.test(path) ? null : path;
}

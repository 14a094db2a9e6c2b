const MAX_QUERIES = 20;
const KEY = 'tapline queries';

/** Queries that were asked for, the last one first. Kept by the browser, for this page only. */
export function recentQueries(storage: Pick<Storage, 'getItem'>): readonly string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((query) => typeof query === 'string').slice(0, MAX_QUERIES) : [];
  } catch {
    return [];
  }
}

/** Remembers a query that was asked for. */
export function rememberQuery(storage: Pick<Storage, 'getItem' | 'setItem'>, query: string): void {
  const asked = query.trim();
  if (asked === '') return;
  const others = recentQueries(storage).filter((other) => other !== asked);
  try {
    storage.setItem(KEY, JSON.stringify([asked, ...others].slice(0, MAX_QUERIES)));
  } catch {
    // The browser keeps nothing, or is full: then there is no history.
  }
}

/** Where in the page somebody is: the part of the address behind `#`, so that every view can be linked to. */
export interface Route {
  /** `traffic`, `health`, `program`. */
  readonly tab: Tab;
  /** Further segments of the path, decoded: of `#/program/editor/a.js` they are `editor` and `a.js`. */
  readonly rest: readonly string[];
  readonly parameters: URLSearchParams;
}

export const TABS = ['traffic', 'health', 'program'] as const;
export type Tab = (typeof TABS)[number];

/** Reads `#/traffic?query=…`; what it does not know is the traffic. Never throws. */
export function parseRoute(hash: string): Route {
  const [path, query] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const [tab = '', ...rest] = path.split('/').filter((segment) => segment !== '');
  const isTab = (TABS as readonly string[]).includes(tab);
  return {
    tab: isTab ? (tab as Tab) : 'traffic',
    rest: isTab ? rest.map(decoded) : [],
    parameters: new URLSearchParams(query),
  };
}

/** The address of a view; parameters that are empty or null are left out. */
export function routeTo(
  tab: Tab,
  rest: readonly string[] = [],
  parameters: Readonly<Record<string, string | number | null | undefined>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  const path = [tab, ...rest].map((segment) => encodeURIComponent(segment)).join('/');
  const text = query.toString();
  return `#/${path}${text === '' ? '' : `?${text}`}`;
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

import { routeTo, type Route } from '../route.ts';

export type ProgramPart = 'running' | 'editor' | 'console';

/** Where in the tab Program somebody is. */
export type ProgramPlace =
  /** `module` is the path of a file as the gateway names it (`/a.js`), `pipeline` the name of a root of it; null for all. */
  | { readonly part: 'running'; readonly module: string | null; readonly pipeline: string | null }
  /** `path` has a leading slash; `line` and `column` count from 1. */
  | {
      readonly part: 'editor';
      readonly path: string | null;
      readonly line: number | null;
      readonly column: number | null;
    }
  | { readonly part: 'console' };

/** Reads the rest of `#/program/…`; what it does not know is what runs. */
export function placeOf({ rest, parameters }: Pick<Route, 'rest' | 'parameters'>): ProgramPlace {
  const [part, ...more] = rest;
  if (part === 'console') return { part };
  if (part === 'editor') {
    return {
      part,
      path: more.length === 0 ? null : `/${more.join('/')}`,
      line: count(parameters.get('line')),
      column: count(parameters.get('column')),
    };
  }
  return { part: 'running', module: more[0] ?? null, pipeline: more[1] ?? null };
}

/** The address of a place, for links and `go`. */
export function addressOf(place: ProgramPlace): string {
  switch (place.part) {
    case 'console':
      return routeTo('program', ['console']);
    case 'editor': {
      const segments = (place.path ?? '').split('/').filter((segment) => segment !== '');
      return routeTo('program', ['editor', ...segments], { line: place.line, column: place.column });
    }
    case 'running': {
      const names = [place.module, place.pipeline].filter((name) => name !== null && name !== '');
      return routeTo('program', ['running', ...(names as string[])]);
    }
  }
}

function count(text: string | null): number | null {
  const value = Number(text);
  return text !== null && Number.isSafeInteger(value) && value > 0 ? value : null;
}

import { go } from '../location.ts';
import { jump } from './files.ts';
import { addressOf } from './program-route.ts';

let lastNumber = 0;

/** Opens the editor at a place of a script. @param fallbackFile where the place names none */
export function showSource(
  place: { readonly file: string | null; readonly line: number | null; readonly column: number | null },
  fallbackFile: string,
): void {
  const path = withSlash(place.file ?? fallbackFile);
  const { line, column } = place;
  if (line !== null) jump.value = { path, line, column: column ?? 1, number: ++lastNumber };
  go(addressOf({ part: 'editor', path, line, column }));
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

import { signal } from '@preact/signals';
import { go } from '../location.ts';
import { addressOf, type ProgramPlace } from './program-route.ts';

/** A place to show, once the file is open; line and column from 1. */
export interface Jump {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Where the editor should go; it empties it. */
export const jump = signal<Jump | null>(null);

/** The address that was jumped to last. */
let lastAddress = '';

/** Opens the editor at a place of a script. @param fallbackFile where the place names none */
export function showSource(
  place: { readonly file: string | null; readonly line: number | null; readonly column: number | null },
  fallbackFile: string,
): void {
  const path = withSlash(place.file ?? fallbackFile);
  const { line, column } = place;
  lastAddress = '';
  jumpTo({ part: 'editor', path, line, column });
  go(lastAddress);
}

/** Jumps where an address says: a link from elsewhere, or a step back. What was jumped to already is left as it is. */
export function jumpTo(place: ProgramPlace & { part: 'editor' }): void {
  const address = addressOf(place);
  if (address === lastAddress) return;
  lastAddress = address;
  const { path, line, column } = place;
  if (path !== null && line !== null) jump.value = { path, line, column: column ?? 1 };
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

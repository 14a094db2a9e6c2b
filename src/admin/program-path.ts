/** A file system takes no longer name, in bytes. */
const MAX_NAME_BYTES = 255;

/** Folders inside folders. */
export const MAX_DEPTH = 32;

/** What no name of a program's file has: what is no text, and what makes a line or a terminal go astray. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Whether a file of this name belongs to the page: names that begin with a point do not, and are neither listed nor touched. */
export function isShownName(name: string): boolean {
  return (
    name !== '' &&
    !name.startsWith('.') &&
    !name.includes('/') &&
    !FORBIDDEN.test(name) &&
    name === name.normalize('NFC') &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES
  );
}

/**
 * The names in a path inside a program's folder, with or without a leading slash. Null where it is none: a name that is not shown, so that no `..`
 * gets through, an empty one, or too many.
 */
export function namesOf(path: string): string[] | null {
  const names = path.replace(/^\//, '').split('/');
  return names.length <= MAX_DEPTH && names.every(isShownName) ? names : null;
}

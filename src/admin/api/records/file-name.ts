const MAX_LENGTH = 80;

/** Kinds of text that a file may be named as. All else is `.txt`: neither a browser nor a system runs that. */
const EXTENSIONS = new Map([
  ['application/json', 'json'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
]);

/** A text as a part of a file name, whatever it is: of letters, digits, `.`, `_` and `-`, with no dot at an end. */
export function safeName(text: string): string {
  return (
    text
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, MAX_LENGTH)
      .replace(/^[.-]+/, '')
      .replace(/[.-]+$/, '') || 'unnamed'
  );
}

/** What a downloaded body is called: after the last segment of the path, and by what it shows itself to be. */
export function bodyFileName(
  part: 'request' | 'response',
  path: string | null,
  mimeType: string | null,
): string {
  const segment = (path ?? '')
    .slice(-4 * MAX_LENGTH)
    .split('/')
    .findLast((one) => one !== '');
  const extension = EXTENSIONS.get(mimeType ?? '') ?? 'txt';
  const name = safeName(segment ?? '');
  return name.toLowerCase().endsWith(`.${extension}`) ? `${part}-${name}` : `${part}-${name}.${extension}`;
}

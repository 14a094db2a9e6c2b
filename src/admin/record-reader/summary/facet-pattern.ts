import { lowerCase } from '../../../store/words.ts';

/** Code units of a value from which on only its beginning is told. */
const MAX_LENGTH = 200;

/**
 * What a query has to say to find all records with this value and no others, as the pattern of a term: queries know no case. It ends in `*` where it is a
 * beginning. Null where no query can say it: a star stands for anything, and half a character is none.
 */
export function valuePattern(value: string): string | null {
  const lower = lowerCase(value);
  const isCut = lower.length >= MAX_LENGTH;
  const asked = isCut ? lower.slice(0, MAX_LENGTH) : lower;
  if (asked.includes('*') || !asked.isWellFormed()) return null;
  return isCut ? `${asked}*` : asked;
}

/**
 * The same for the beginning of a path: its first two segments, `/api/orders/*`, or all of it where it has no more. A second segment that looks like a
 * number or an id is left out: `/orders/*`.
 */
export function pathPattern(path: string): string | null {
  const lower = lowerCase(path);
  if (!lower.startsWith('/')) return lower.length < MAX_LENGTH ? valuePattern(lower) : null;
  const second = lower.indexOf('/', 1);
  if (second < 0) return askable(lower);
  const third = lower.indexOf('/', second + 1);
  const segment = lower.slice(second + 1, third < 0 ? undefined : third);
  const own = isVarying(segment) ? null : askable(third < 0 ? lower : lower.slice(0, third + 1));
  if (own !== null) return third < 0 ? own : `${own}*`;
  const parent = askable(lower.slice(0, second + 1));
  return parent === null ? null : `${parent}*`;
}

/** The pattern of the first segment: `/api/*` of `/api/orders`. Null where it has one segment only. */
export function parentPattern(pattern: string): string | null {
  const second = pattern.startsWith('/') ? pattern.indexOf('/', 1) : -1;
  return second < 0 ? null : `${pattern.slice(0, second + 1)}*`;
}

/** A term of a query; whatever is in the pattern does not end it. */
export function queryTerm(field: string, pattern: string): string {
  // With two slashes behind it, a field would be read as the beginning of a URL.
  return /^(?!\/\/)[\w./@-]+\*?$/.test(pattern)
    ? `${field}:${pattern}`
    : `${field}:"${pattern.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function askable(text: string): string | null {
  return text.length < MAX_LENGTH && !text.includes('*') && text.isWellFormed() ? text : null;
}

function isVarying(segment: string): boolean {
  return /^\d+$/.test(segment) || (segment.length >= 12 && /\d/.test(segment));
}

import { REDACTED, type Redaction } from './redaction.ts';

/** Without it no value of a known shape is there. */
export const VALUE_HINT = /\b(?:bearer|basic|digest) |eyJ|PRIVATE KEY/i;
const SHAPES: readonly [RegExp, string][] = [
  [/\b(bearer|basic|negotiate)[ \t]+(?:[A-Za-z0-9._~+/-]{6,}=*|[A-Za-z0-9._~+/-]+$)/gi, `$1 ${REDACTED}`],
  [/\beyJ[A-Za-z0-9_-]{8,1024}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

/** Replaces values that are secrets by their own shape. */
export function redactShapes(text: string): Redaction {
  if (!VALUE_HINT.test(text)) return { text, count: 0 };
  let count = 0;
  let result = text;
  for (const [pattern, replacement] of SHAPES)
    result = result.replace(pattern, (...match: (string | number)[]) => {
      count++;
      return replacement.replace('$1', String(match[1]));
    });
  return { text: result, count };
}

import { jsonTokens } from './json-tokens.ts';

const STEP = '  ';
/** Beyond this depth nothing is moved further in: a text of brackets alone would grow with its square. */
const MAX_INDENT = 40;
/** Of the result; the rest of the text follows as it stands. */
const MAX_LENGTH = 8 * 1024 * 1024;

/**
 * JSON with a line for each member. Only blanks between tokens change: numbers, escapes and repeated keys stay as they were sent, which
 * parsing and writing anew would not leave them. A cut text, several values one after the other, and what is no JSON at all come through.
 */
export function formatJson(text: string, maxLength = MAX_LENGTH): string {
  const pieces: string[] = [];
  let length = 0;
  let read = 0;
  let depth = 0;
  let last: string = 'start';
  const put = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
  };
  const lineEnd = (): void => put(`\n${STEP.repeat(Math.min(depth, MAX_INDENT))}`);
  for (const { kind, text: token } of jsonTokens(text)) {
    if (length > maxLength) {
      put(text.slice(read));
      break;
    }
    read += token.length;
    if (kind === 'blank') {
      // Blanks within what is no JSON tell its words apart.
      if (last === 'other' || last === 'word') last = `${last} blank`;
      continue;
    }
    if (kind === 'close') {
      depth = Math.max(0, depth - 1);
      if (last !== 'open') lineEnd();
    } else if (last === 'open' || last === 'comma') lineEnd();
    else if (isValue(kind) && isValueEnd(last)) {
      if (depth === 0 && isStructural(last, kind)) put('\n');
      else if (last.endsWith(' blank')) put(' ');
      else if (last !== 'other' && kind !== 'other') put(' ');
    }
    put(token);
    if (kind === 'colon') put(' ');
    if (kind === 'open') depth++;
    last = kind;
  }
  return pieces.join('');
}

function isValue(kind: string): boolean {
  return kind !== 'close' && kind !== 'comma' && kind !== 'colon';
}

function isValueEnd(last: string): boolean {
  return last !== 'start' && last !== 'colon' && last !== 'comma' && last !== 'open';
}

/** Two values one after the other, such as lines of NDJSON. */
function isStructural(last: string, kind: string): boolean {
  return !last.startsWith('other') && kind !== 'other' && (last === 'close' || kind === 'open');
}

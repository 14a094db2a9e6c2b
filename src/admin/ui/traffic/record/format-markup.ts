import { markupTokens } from './markup-tokens.ts';

const STEP = '  ';
const MAX_INDENT = 40;
const MAX_LENGTH = 8 * 1024 * 1024;
/** A short element stays in one line with its text. */
const MAX_INLINE = 80;

/**
 * XML or HTML with a line for each tag, to be read as text. Blanks between tags change, and nothing else; what stands in `script`, `style`
 * and `pre` stays as it is. A cut text and what is no markup come through.
 */
export function formatMarkup(text: string, maxLength = MAX_LENGTH): string {
  const pieces: string[] = [];
  let length = 0;
  let read = 0;
  let depth = 0;
  /** The element whose content stays as it is. */
  let verbatim: string | null = null;
  /** What came last, to keep `<b>text</b>` in one line. */
  let last: 'start' | 'open' | 'open text' | 'other' = 'start';
  const put = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
  };
  const begin = (): void => {
    if (last !== 'start') put(`\n${STEP.repeat(Math.min(depth, MAX_INDENT))}`);
  };
  for (const { kind, text: token } of markupTokens(text)) {
    if (length > maxLength) {
      put(text.slice(read));
      break;
    }
    read += token.length;
    if (verbatim !== null) {
      put(token);
      if (kind === 'close' && nameOf(token) === verbatim) {
        verbatim = null;
        depth = Math.max(0, depth - 1);
        last = 'other';
      }
      continue;
    }
    if (kind === 'text') {
      const trimmed = token.trim();
      if (trimmed === '') continue;
      if (last === 'open' && trimmed.length <= MAX_INLINE && !trimmed.includes('\n')) {
        put(trimmed);
        last = 'open text';
      } else {
        begin();
        put(trimmed);
        last = 'other';
      }
    } else if (kind === 'close') {
      depth = Math.max(0, depth - 1);
      if (last !== 'open' && last !== 'open text') begin();
      put(token);
      last = 'other';
    } else {
      if (last === 'open text') last = 'other';
      begin();
      put(token);
      last = 'other';
      if (kind === 'open') {
        depth++;
        last = 'open';
        const name = nameOf(token);
        if (name === 'script' || name === 'style' || name === 'pre' || name === 'textarea') verbatim = name;
      }
    }
  }
  return pieces.join('');
}

function nameOf(tag: string): string {
  return /^<\/?([^\s/>]*)/.exec(tag)![1]!.toLowerCase();
}

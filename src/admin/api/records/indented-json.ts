/** Brackets within brackets beyond which nothing is indented any further. */
const MAX_DEPTH = 24;
/** A longer text is left in one line. */
const MAX_LENGTH = 2 * 1024 * 1024;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * JSON with line ends and indents. Numbers, escapes and the order of keys stay as they are, which parsing and writing anew would not grant; also keys that
 * come twice.
 * @param text JSON
 */
export function indentedJson(text: string): string {
  if (text.length > MAX_LENGTH) return text;
  let depth = 0;
  let before = '';
  let out = '';
  const lineEnd = (): string => `\n${'  '.repeat(Math.min(depth, MAX_DEPTH))}`;
  for (const [token] of text.matchAll(TOKEN)) {
    const isClosing = token === '}' || token === ']';
    const isOpened = before === '{' || before === '[';
    if (isClosing) {
      depth--;
      if (!isOpened) out += lineEnd();
    } else if (isOpened || before === ',') out += lineEnd();
    out += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth++;
    before = token;
  }
  return `${out}\n`;
}

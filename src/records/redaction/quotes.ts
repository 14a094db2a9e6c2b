const DOUBLE = 0x22;
const SINGLE = 0x27;
const BACKSLASH = 0x5c;
const AMPERSAND = 0x26;
/** What `&quot;` and `\\u0022` end with. */
const ENDS_ESCAPED = new Set([0x3b, 0x32]);

/** The quotation mark that stands at `at`, with its backslashes; null for none. */
export function quoteAt(text: string, at: number): string | null {
  const code = text.charCodeAt(at);
  if (code === DOUBLE || code === SINGLE) {
    const mark = code === DOUBLE ? '"' : "'";
    if (text.charCodeAt(at + 1) !== code) return mark;
    return text.charCodeAt(at + 2) === code ? mark + mark + mark : mark;
  }
  if (code !== BACKSLASH && code !== AMPERSAND) return null;
  return (
    /^(?:(\\*["'])\1\1|\\*["']|\\+u0022|&(?:quot|apos|#34|#39|#x22|#x27);)/.exec(
      text.slice(at, at + 24),
    )?.[0] ?? null
  );
}

/**
 * Where the string that `quote` opened at `start` ends. With n levels of escaping a quotation mark of this level has u - 1
 * backslashes, u = 2^n, and each literal backslash before it 2u more; fewer means that an outer string ends here.
 */
export function quotedEnd(text: string, start: number, quote: string): number {
  const from = start + quote.length;
  const mark = quote.replace(/^\\+/, '');
  if (mark.length > 1 && mark !== 'u0022') {
    const end = text.indexOf(quote, from);
    return end < 0 ? text.length : end;
  }
  // Of `\u0022` the mark's own backslash counts as one of the run.
  const own = quote.length - mark.length;
  const period = mark === 'u0022' ? 4 * own : 2 * (own + 1);
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    let run = 0;
    while (at - run > from && text[at - run - 1] === '\\') run++;
    if (run < own) return at - run;
    if ((run - own) % period === 0) return at - own;
  }
  return text.length;
}

/** The quotation mark that ends right before `end` and begins no earlier than `lowest`; null for none. */
export function quoteBefore(text: string, end: number, lowest: number): string | null {
  const code = text.charCodeAt(end - 1);
  if (end <= lowest || (code !== DOUBLE && code !== SINGLE && !ENDS_ESCAPED.has(code))) return null;
  if ((code === DOUBLE || code === SINGLE) && text.charCodeAt(end - 2) !== BACKSLASH)
    return code === DOUBLE ? '"' : "'";
  return (
    /(?:\\*["']|\\+u0022|&(?:quot|apos|#34|#39|#x22|#x27);)$/.exec(
      text.slice(Math.max(lowest, end - 16), end),
    )?.[0] ?? null
  );
}

/** Where the quotation mark stands last before `end`; less than `lowest` where it does not. */
export function openingBefore(text: string, end: number, lowest: number, mark: string): number {
  if (mark.length > 1) return lowest + text.slice(lowest, end).lastIndexOf(mark);
  const code = mark.charCodeAt(0);
  let at = end - 1;
  while (at >= lowest && text.charCodeAt(at) !== code) at--;
  return at;
}

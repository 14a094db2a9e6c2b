/** Would act on the terminal that it is pasted into, or cannot be seen: controls, C1 among them, bidi marks, lone surrogates. A line feed within quotes is harmless. */
const DANGEROUS = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * A word for `sh` that stands for exactly this text, in UTF-8. What acts on a terminal is written as octal for `printf`, which every POSIX shell
 * has (`$'…'` is not in all). A NUL cannot be in a word: it is left out.
 */
export function shellQuote(text: string): string {
  const kept = text.replaceAll('\0', '');
  if (!DANGEROUS.test(kept)) return singleQuote(kept);
  // A substitution loses the line feeds at its end.
  const lineEnds = /\n*$/.exec(kept)![0];
  const word = `"$(printf '${printfFormat(kept.slice(0, kept.length - lineEnds.length))}')"`;
  return lineEnds === '' ? word : `${word}${singleQuote(lineEnds)}`;
}

/** Whether `shellQuote` leaves something out. */
export function hasNul(text: string): boolean {
  return text.includes('\0');
}

/** A format for `printf` within single quotes that writes exactly this text, NUL included. */
export function printfFormat(text: string): string {
  let format = '';
  for (const character of text) {
    if (character === '%') format += '%%';
    else if (character === '\\') format += '\\\\';
    // Quotes, and what bash takes for its history within a quoted substitution; a dash at the start would be an option.
    else if (character === "'" || character === '!' || (character === '-' && format === ''))
      format += octal(character);
    else if (DANGEROUS.test(character)) format += octal(character);
    else format += character;
  }
  return format;
}

/** Whether a text must go through `printf` to come out as it is. */
export function needsPrintf(text: string): boolean {
  return DANGEROUS.test(text);
}

function singleQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function octal(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');
}

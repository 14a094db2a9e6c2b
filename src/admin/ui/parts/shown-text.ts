/** A stretch of text that can be shown as it is, or a name for a character that cannot: it would hide, reorder or break what stands around it. */
export interface ShownPiece {
  readonly text: string;
  /** Drawn as a mark: the text is a name such as `U+202E` or `ESC`. */
  readonly isHidden: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  '\0': 'NUL',
  '\u0007': 'BEL',
  '\b': 'BS',
  '\u000b': 'VT',
  '\f': 'FF',
  '\r': 'CR',
  '\u001b': 'ESC',
  '\u007f': 'DEL',
  '\u00ad': 'SHY',
  '\u200b': 'ZWSP',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
};

/** Controls but tab and line feed, format characters (bidi marks, zero widths), line separators, lone surrogates, private use, unassigned. */
// A zero-width joiner within an emoji is harmless and common.
const HIDDEN = /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** Printable ASCII, most of what there is: it is shown as it is, and moves nothing around it. */
const PLAIN = /^[ -~]*$/;

/** Whether a text has nothing in it that needs care, and is short enough. */
export function isPlain(text: string, maxLength: number): boolean {
  return text.length <= maxLength && PLAIN.test(text);
}

/**
 * Cuts hostile text into pieces that can be put into a page, line feeds and tabs kept.
 * @param maxLength characters; what is beyond is left out
 */
export function shownText(
  text: string,
  maxLength = Infinity,
): { pieces: readonly ShownPiece[]; isCut: boolean } {
  const isCut = text.length > maxLength;
  const kept = isCut ? withoutHalf(text.slice(0, maxLength)) : text;
  const pieces: ShownPiece[] = [];
  let from = 0;
  for (const { index, 0: character } of kept.matchAll(HIDDEN)) {
    if (character === '\n' || character === '\t') continue;
    if (index > from) pieces.push({ text: kept.slice(from, index), isHidden: false });
    pieces.push({ text: nameOf(character), isHidden: true });
    from = index + character.length;
  }
  if (from < kept.length) pieces.push({ text: kept.slice(from), isHidden: false });
  return { pieces, isCut };
}

/** The same as one line of plain text, for titles, names for screen readers, and cells: hidden characters by their names in brackets. */
export function plainText(text: string, maxLength = 500): string {
  if (isPlain(text, maxLength)) return text;
  const { pieces, isCut } = shownText(text.slice(0, maxLength + 1), maxLength);
  const line = pieces.map((piece) => (piece.isHidden ? `⟨${piece.text}⟩` : piece.text)).join('');
  return `${line.replace(/[\n\t]/g, ' ')}${isCut ? '…' : ''}`;
}

function nameOf(character: string): string {
  const known = NAMES[character];
  return known ?? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A cut must not leave the first half of a pair. */
function withoutHalf(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

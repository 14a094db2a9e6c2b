/** What words are made of: letters and digits of every script, as FTS5's `unicode61` takes them. */
const NO_WORD = /[^\p{L}\p{N}\p{Co}]+/gu;
/** Whole words of a pattern: those that touch its `*` may be parts of words. */
const WHOLE_WORDS = /(?<![\p{L}\p{N}\p{Co}*])[\p{L}\p{N}\p{Co}]+(?![\p{L}\p{N}\p{Co}*])/gu;
/** Beginnings of words in a pattern, which its `*` cuts off. */
const BEGINNINGS = /(?<![\p{L}\p{N}\p{Co}*])[\p{L}\p{N}\p{Co}]+(?=\*)/gu;
// oxlint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Without case. At the end of a word a sigma has a form of its own, which is no other letter. */
export function lowerCase(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/** Without case and accents. */
export function fold(text: string): string {
  const lower = lowerCase(text);
  return BEYOND_ASCII.test(lower) ? lower.normalize('NFD').replace(/\p{Mn}/gu, '') : lower;
}

/** The words of a text, folded, each between blanks: ` so one searches `. */
export function spacedWords(text: string): string {
  return ` ${fold(text)} `.replace(NO_WORD, ' ');
}

/** The words of a text, folded. */
export function wordsOf(text: string): string[] {
  return spacedWords(text).split(' ').filter(Boolean);
}

/** Words that whatever matches a pattern has. */
export function wholeWordsOf(pattern: string): readonly string[] {
  return fold(pattern).match(WHOLE_WORDS) ?? [];
}

/** Beginnings of words that whatever matches a pattern has. */
export function beginningsOf(pattern: string): readonly string[] {
  return fold(pattern).match(BEGINNINGS) ?? [];
}

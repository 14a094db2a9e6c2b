import type { Block } from './block.ts';
import type { Query } from './query.ts';
import { mayHavePrefix, mayHaveWord } from './word-filter.ts';
import { beginningsOf, lowerCase, spacedWords, wholeWordsOf, wordsOf } from './words.ts';

/** A query, ready to be asked of many blocks. */
export interface Matcher {
  /** Whether a block can be told not to match by its filter. */
  readonly usesFilter: boolean;
  /** False where no record of a block with this filter matches. */
  readonly mayMatch: (filter: Uint8Array | null) => boolean;
  readonly matches: (block: Block, index: number) => boolean;
}

interface Condition extends Matcher {
  /** The document has to be read for it: asked last. */
  readonly isDear: boolean;
}

const ALWAYS = (): boolean => true;

/** A query as functions over blocks and their records. */
export function matcherOf(query: Query): Matcher {
  return conditionOf(query);
}

function conditionOf(query: Query): Condition {
  switch (query.kind) {
    case 'all':
      return { usesFilter: false, isDear: false, mayMatch: ALWAYS, matches: ALWAYS };
    case 'and': {
      const parts = inOrder(query.parts);
      return {
        ...boundsOf(parts),
        mayMatch: (filter) => parts.every((part) => part.mayMatch(filter)),
        matches: (block, index) => parts.every((part) => part.matches(block, index)),
      };
    }
    case 'or': {
      const parts = inOrder(query.parts);
      return {
        ...boundsOf(parts),
        mayMatch: (filter) => parts.some((part) => part.mayMatch(filter)),
        matches: (block, index) => parts.some((part) => part.matches(block, index)),
      };
    }
    case 'not': {
      const { isDear, matches } = conditionOf(query.part);
      const hasNot = (block: Block, index: number): boolean => !matches(block, index);
      return { usesFilter: false, isDear, mayMatch: ALWAYS, matches: hasNot };
    }
    case 'compare':
      return comparison(query);
    case 'like':
      return likeness(query);
    case 'words':
      return wordSearch(query);
    case 'header':
      return headerSearch(query);
  }
}

/** The cheap ones first. */
function inOrder(parts: readonly Query[]): readonly Condition[] {
  return parts.map(conditionOf).toSorted((left, right) => Number(left.isDear) - Number(right.isDear));
}

function boundsOf(parts: readonly Condition[]): { usesFilter: boolean; isDear: boolean } {
  return {
    usesFilter: parts.some(({ usesFilter }) => usesFilter),
    isDear: parts.some(({ isDear }) => isDear),
  };
}

function comparison({ column, operator, value }: Query & { kind: 'compare' }): Condition {
  const isSound = COMPARISONS[operator]!;
  const matches = (block: Block, index: number): boolean => {
    const own = block.value(index, column);
    return own !== null && isSound(own as number, value);
  };
  // Of the numbers only these are in the filter as words: the others have more digits than anybody asks for exactly.
  const isWord =
    operator === '=' && (column === 'status' || column === 'connection') && Number.isSafeInteger(value);
  const word = String(value);
  return {
    usesFilter: isWord,
    isDear: false,
    mayMatch: isWord ? (filter) => mayHaveWord(filter, word) : ALWAYS,
    matches,
  };
}

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function likeness({ column, pattern }: Query & { kind: 'like' }): Condition {
  const isLike = wildcardTest(pattern);
  const matches = (block: Block, index: number): boolean => {
    const own = block.value(index, column);
    if (own === null) return false;
    // A list: one of it is meant.
    return column === 'marks' ? String(own).split(' ').some(isLike) : isLike(String(own));
  };
  if (column === 'run') return { usesFilter: false, isDear: false, mayMatch: ALWAYS, matches };
  if (column !== 'id')
    return { ...needing(wholeWordsOf(pattern), beginningsOf(pattern)), isDear: false, matches };
  // It is entered as one word: its parts would fill the filter.
  return { ...needing(pattern.includes('*') ? [] : [pattern.toLowerCase()], []), isDear: false, matches };
}

function headerSearch({ name, pattern }: Query & { kind: 'header' }): Condition {
  const isLike = wildcardTest(pattern);
  const has = (headers: unknown): boolean => {
    if (typeof headers !== 'object' || headers === null || !Object.hasOwn(headers, name)) return false;
    return [(headers as Record<string, unknown>)[name]]
      .flat()
      .some((value) => isText(value) && isLike(String(value)));
  };
  // What JSON writes as it is.
  const plain = [name, ...pattern.toLowerCase().split('*')].filter((part) => /^[ !#-[\]-~]+$/.test(part));
  const matches = (block: Block, index: number): boolean => {
    if (!mayContain(block, index, plain)) return false;
    const { http } = block.document(index);
    return has(http?.request?.headers) || has(http?.response?.headers);
  };
  const words = [...wordsOf(name), ...wholeWordsOf(pattern)];
  return { ...needing(words, beginningsOf(pattern)), isDear: true, matches };
}

/** A script may have made a header of anything. */
function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function wordSearch({ columns, text, isPrefix }: Query & { kind: 'words' }): Condition {
  const words = wordsOf(text);
  const last = isPrefix ? words.at(-1)! : null;
  const whole = isPrefix ? words.slice(0, -1) : words;
  const phrase = isPrefix ? spacedWords(text).slice(0, -1) : spacedWords(text);
  // oxlint-disable-next-line no-control-regex -- ASCII is meant
  const plain = words.filter((word) => /^[\x00-\x7f]+$/.test(word));
  return {
    usesFilter: true,
    isDear: true,
    mayMatch: (filter) =>
      whole.every((word) => mayHaveWord(filter, word)) && (last === null || mayHavePrefix(filter, last)),
    matches: (block, index) =>
      mayContain(block, index, plain) &&
      columns.some((column) => block.words(index, column).includes(phrase)),
  };
}

/** Whether a document may contain all of some texts of ASCII in lower case: what does not needs no parsing. */
function mayContain(block: Block, index: number, words: readonly string[]): boolean {
  const text = block.asciiText(index);
  // Beyond ASCII, letters with accents may fold to a word.
  return text === null || words.every((word) => text.includes(word));
}

function needing(
  words: readonly string[],
  beginnings: readonly string[],
): Pick<Matcher, 'usesFilter' | 'mayMatch'> {
  if (words.length + beginnings.length === 0) return { usesFilter: false, mayMatch: ALWAYS };
  return {
    usesFilter: true,
    mayMatch: (filter) =>
      words.every((word) => mayHaveWord(filter, word)) &&
      beginnings.every((beginning) => mayHavePrefix(filter, beginning)),
  };
}

/** `*` stands for anything; case does not count. */
function wildcardTest(pattern: string): (value: string) => boolean {
  const lower = lowerCase(pattern);
  if (!lower.includes('*')) return (value) => lowerCase(value) === lower;
  const [first = '', ...rest] = lower.split('*');
  const last = rest.pop()!;
  return (value) => {
    const text = lowerCase(value);
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

import { jsonTokens } from '../../../../codecs/json/json-tokens.ts';
import { markupTokens } from './markup-tokens.ts';

/** What a stretch of text means, for its colour. */
export type CodeKind = 'plain' | 'key' | 'string' | 'number' | 'word' | 'tag' | 'comment';
/** How a text is coloured. */
export type CodeLanguage = 'json' | 'markup' | 'plain';

export interface CodePiece {
  readonly kind: CodeKind;
  readonly text: string;
}

/** A text as far as it is drawn. */
export interface CodePage {
  readonly lines: readonly (readonly CodePiece[])[];
  /** Characters of the text that are drawn. */
  readonly shownLength: number;
  readonly isWhole: boolean;
}

/** Of what is drawn at once: enough to read, little enough for a browser to lay out at once. */
const PAGE_LENGTH = 64 * 1024;
const PAGE_LINES = 2000;
/** Each is an element of its own. */
const PAGE_HIDDEN = 8000;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** The first pages of a text as coloured lines. @param pages how many times somebody asked for more, plus one */
export function codePage(text: string, language: CodeLanguage, pages = 1): CodePage {
  const shownLength = drawnLength(text, pages);
  const lines: CodePiece[][] = [[]];
  for (const { kind, text: piece } of piecesOf(text.slice(0, shownLength), language)) {
    const [first, ...rest] = piece.split(/\r?\n/);
    if (first !== '') lines.at(-1)!.push({ kind, text: first! });
    for (const line of rest) lines.push(line === '' ? [] : [{ kind, text: line }]);
  }
  if (lines.length > 1 && lines.at(-1)!.length === 0) lines.pop();
  return { lines, shownLength, isWhole: shownLength === text.length };
}

/** Where drawing stops: after so many characters, lines or characters that cannot be shown, whatever comes first. */
function drawnLength(text: string, pages: number): number {
  const maxLength = Math.min(text.length, PAGE_LENGTH * pages);
  let lines = 0;
  let hidden = 0;
  for (let at = 0; at < maxLength; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      if (++lines >= PAGE_LINES * pages) return at + 1;
    } else if ((code < 32 || code > 126) && HIDDEN.test(text[at]!) && ++hidden >= PAGE_HIDDEN * pages)
      return at + 1;
  }
  // Not between the halves of a pair.
  const isHalved = maxLength < text.length && /[\ud800-\udbff]/.test(text[maxLength - 1]!);
  return isHalved ? maxLength - 1 : maxLength;
}

function* piecesOf(text: string, language: CodeLanguage): Generator<CodePiece> {
  if (language === 'json') yield* jsonPieces(text);
  else if (language === 'markup') yield* markupPieces(text);
  else if (text !== '') yield { kind: 'plain', text };
}

/** Neighbours of one kind are one piece: fewer elements. */
function* jsonPieces(text: string): Generator<CodePiece> {
  let plain = '';
  let string = '';
  // Whether a string is a key is known at the colon behind it.
  let between = '';
  const flush = function* (kind: CodeKind): Generator<CodePiece> {
    if (string !== '') {
      if (plain !== '') yield { kind: 'plain', text: plain };
      yield { kind, text: string };
      plain = between;
      string = '';
      between = '';
    }
  };
  for (const token of jsonTokens(text)) {
    if (token.kind === 'blank') {
      if (string === '') plain += token.text;
      else between += token.text;
      continue;
    }
    yield* flush(token.kind === 'colon' ? 'key' : 'string');
    if (token.kind === 'string') string = token.text;
    else if (token.kind === 'number' || token.kind === 'word') {
      if (plain !== '') yield { kind: 'plain', text: plain };
      plain = '';
      yield { kind: token.kind, text: token.text };
    } else plain += token.text;
  }
  yield* flush('string');
  if (plain !== '') yield { kind: 'plain', text: plain };
}

function* markupPieces(text: string): Generator<CodePiece> {
  for (const token of markupTokens(text)) {
    if (token.kind === 'text') yield { kind: 'plain', text: token.text };
    else if (token.kind === 'comment' || token.kind === 'declaration')
      yield { kind: 'comment', text: token.text };
    else yield* tagPieces(token.text);
  }
}

/** A tag with the values of its attributes. */
function* tagPieces(tag: string): Generator<CodePiece> {
  let from = 0;
  for (const { index, 0: value } of tag.matchAll(/"[^"]*"?|'[^']*'?/g)) {
    if (index > from) yield { kind: 'tag', text: tag.slice(from, index) };
    yield { kind: 'string', text: value };
    from = index + value.length;
  }
  if (from < tag.length) yield { kind: 'tag', text: tag.slice(from) };
}

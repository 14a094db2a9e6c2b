import { kindOf, LiteralAutomaton } from './literal-automaton.ts';
import { quoteAt, quotedEnd } from './quotes.ts';

/** What a text holds beside letters and digits; beside the kind, in the same table. */
const KIND = 63;
const NOT_ASCII = 1 << 6;
const PERCENT = 1 << 7;
const BACKSLASH = 1 << 8;
const AT_SIGN = 1 << 9;
const COLON = 1 << 10;
const SLASH = 1 << 11;
const EQUALS = 1 << 12;
/** The name of a member that may hold the value of another's name. */
const VALUE_NAME = 1 << 13;
/** What ends the look. */
const SECRET = -1;

/** Characters that are looked at in one go. */
const PIECE = 8192;
/** Fewer characters are not worth a copy. */
const SHORT = 48;
/** Room for a piece, whatever is in it: as long as its text it is only where all of that is ASCII. */
const SCRATCH = Buffer.allocUnsafeSlow(3 * PIECE);

const CHARACTERS = Uint16Array.from({ length: 128 }, (_, code) => kindOf(code));
for (const [character, mark] of [
  ['%', PERCENT],
  ['\\', BACKSLASH],
  ['@', AT_SIGN],
  [':', COLON],
  ['/', SLASH],
  ['=', EQUALS],
] as const)
  CHARACTERS[character.charCodeAt(0)] = mark;

/** Longest name that the scan looks at; one that is longer begins in the middle. */
const LONGEST_NAME = 128;
/** Members whose value is a secret where another member names it. */
const VALUING = new Set(['val', 'content', 'data', 'default']);
/** Before a blank they tell that a credential follows; `bearer` is a part of names, too. */
const SCHEMES = new Set(['basic', 'negotiate']);
const TOKEN_START = 'eyj';

const QUOTE = String.raw`(?:\\*["']|&(?:quot|apos|#34|#39|#x22|#x27);)`;
/** What `quoteAt` takes for one: it looks at 24 characters. */
const OPENING = QUOTE.replace(String.raw`\\*`, String.raw`\\{0,23}`);
/** The beginning of a value as `isValuingKey` and the scan see it, up to its quotation mark. */
const VALUE = new RegExp(
  String.raw`(?:value|val|content|data|default)${QUOTE}?[ \t\r\n]*[:=]>?\s*(?=${QUOTE})`,
  'gi',
);
/** A bare value that names something and is so long that the scan looks at its beginning only. */
const LONG_NAMING = new RegExp(
  String.raw`(?:name\*?|key|field|param|parameter|header)${QUOTE}?[ \t\r\n]*=>?\s*(?!${OPENING})\S[^\r\n]{${LONGEST_NAME - 1}}`,
  'i',
);
/** What the longest look behind a value sees; see `NAME_VALUE_DISTANCE` in redact-text.ts. */
const NEAR = 1024;

/** What names of secrets are made of. All in lower-case letters and digits; other ASCII in them is left out. */
export interface SecretLiterals {
  /** Secret wherever they stand in a name. */
  readonly parts: readonly string[];
  /** Secret as a word of a name. */
  readonly words: readonly string[];
  /** There are names that cannot be written so: no text with characters beyond ASCII is plain, or none at all. */
  readonly beyond: 'none' | 'not-ascii' | 'anything';
}

/**
 * Tells texts that hold no secret, much faster than they are scanned: one look at each character, against all that a name of a secret
 * is made of. It errs to one side only: whatever the scan of redact-text.ts would replace anything in is not plain. So every
 * limit and every reading of the scan has its counterpart here; change them together (a property test compares both).
 */
export class PlainTextTest {
  readonly #beyond: SecretLiterals['beyond'];
  readonly #automaton: LiteralAutomaton;
  readonly #parts: ReadonlySet<string>;
  readonly #words: ReadonlySet<string>;
  /** Between the pieces of a text. */
  #state = 0;
  #seen = 0;

  constructor({ parts, words, beyond }: SecretLiterals) {
    this.#beyond = beyond;
    this.#parts = new Set(parts);
    this.#words = new Set(words);
    this.#automaton = new LiteralAutomaton([...parts, ...words, ...VALUING, ...SCHEMES, TOKEN_START]);
  }

  /** Whether nothing in the text is to be redacted. False says nothing: the text has to be scanned. */
  isPlain(text: string): boolean {
    this.#state = 0;
    this.#seen = 0;
    for (let from = 0; from < text.length; from += PIECE)
      if (!this.#lookAt(text, from, Math.min(text.length, from + PIECE))) return false;
    const seen = this.#seen;
    if (this.#beyond === 'anything') return false;
    if ((seen & NOT_ASCII) !== 0 && (this.#beyond !== 'none' || hasStrangeLetter(text))) return false;
    if ((seen & PERCENT) !== 0 && /%[0-9a-fA-F]{2}/.test(text)) return false;
    if ((seen & BACKSLASH) !== 0 && text.includes('\\u')) return false;
    if ((seen & SLASH) !== 0 && (seen & COLON) !== 0 && mayHoldUser(text, (seen & AT_SIGN) !== 0))
      return false;
    if ((seen & EQUALS) !== 0 && text.length > LONGEST_NAME && LONG_NAMING.test(text)) return false;
    return (seen & VALUE_NAME) === 0 || !mayHoldNamedValue(text);
  }

  /** Goes on from the piece before. False where something secret may be. */
  #lookAt(text: string, from: number, to: number): boolean {
    const length = to - from;
    // Bytes are read faster than the characters of a string, whatever it was put together from.
    const isAscii =
      length > SHORT && SCRATCH.write(length === text.length ? text : text.slice(from, to)) === length;
    return isAscii ? this.#lookAtBytes(text, from, length) : this.#lookAtCharacters(text, from, to);
  }

  #lookAtBytes(text: string, from: number, length: number): boolean {
    const { next, firstHit } = this.#automaton;
    let state = this.#state;
    let seen = this.#seen;
    for (let at = 0; at < length; at++) {
      const character = CHARACTERS[SCRATCH[at]!]!;
      seen |= character;
      state = next[(state << 6) | (character & KIND)]!;
      if (state < firstHit) continue;
      const found = this.#judge(text, state, from + at + 1);
      if (found === SECRET) return false;
      seen |= found;
    }
    this.#state = state;
    this.#seen = seen;
    return true;
  }

  #lookAtCharacters(text: string, from: number, to: number): boolean {
    const { next, firstHit } = this.#automaton;
    let state = this.#state;
    let seen = this.#seen;
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      const character = code < 128 ? CHARACTERS[code]! : NOT_ASCII;
      seen |= character;
      state = next[(state << 6) | (character & KIND)]!;
      if (state < firstHit) continue;
      const found = this.#judge(text, state, at + 1);
      if (found === SECRET) return false;
      seen |= found;
    }
    this.#state = state;
    this.#seen = seen;
    return true;
  }

  /** What the words mean that end at `end`: a mark, or `SECRET`. */
  #judge(text: string, state: number, end: number): number {
    let found = 0;
    for (const word of this.#automaton.wordsAt(state)) {
      if (this.#parts.has(word) || this.#isSuspicious(text, word, end)) return SECRET;
      if (VALUING.has(word)) found = VALUE_NAME;
    }
    return found;
  }

  /** Whether a word that ends at `end` is the one that it looks like. */
  #isSuspicious(text: string, word: string, end: number): boolean {
    const start = end - word.length;
    // Letters that are not in a row are no word.
    if (start < 0 || text.slice(start, end).toLowerCase() !== word) return false;
    if (word === TOKEN_START && text.startsWith('eyJ', start)) return !/\w/.test(text[start - 1] ?? '');
    if (SCHEMES.has(word) && /[ \t]/.test(text[end] ?? '')) return true;
    return this.#words.has(word) && isWordEnd(text, end) && isWordStart(text, start);
  }
}

function isWordStart(text: string, start: number): boolean {
  if (start === 0) return true;
  const before = text.charCodeAt(start - 1);
  if (before > 127 || kindOf(before) === 0 || isHump(text, start)) return true;
  // An escaped line end begins a line, and with it a name.
  if (text[start - 2] === '\\' && /[nrt]/.test(text[start - 1]!)) return true;
  // A longer name is cut, and may be cut here.
  return isLongName(text, start);
}

function isWordEnd(text: string, end: number): boolean {
  if (end === text.length) return true;
  const code = text.charCodeAt(end);
  return code > 127 || kindOf(code) === 0 || isHump(text, end);
}

/** A new word begins as in `userName`. */
function isHump(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return code >= 65 && code <= 90 && kindOf(before) !== 0 && !(before >= 65 && before <= 90);
}

/** Whether a name without quotation marks may go on for as long as the scan looks back. */
function isLongName(text: string, start: number): boolean {
  if (start + LONGEST_NAME > text.length) return false;
  for (let at = start; at < start + LONGEST_NAME; at++) {
    const code = text.charCodeAt(at);
    if (code < 128 && kindOf(code) === 0 && !'_.-$[]%+*!~\\'.includes(text[at]!)) return false;
  }
  return true;
}

/** Letters beyond ASCII whose lower case is in ASCII: the Kelvin sign, the capital I with a dot. */
function hasStrangeLetter(text: string): boolean {
  return text.includes('\u212a') || text.includes('\u0130');
}

/** What ends an authority, by code; blanks beyond ASCII do, too, but to go on behind them is no harm. */
const IS_AUTHORITY_END = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[/?#\s"<>\\]/.test(String.fromCharCode(code))),
);
const FORWARD_SLASH = 0x2f;
const BACKWARD_SLASH = 0x5c;

/** A URL with something behind its colon that is no port. */
const NO_PORT = /:(?:\\*\/){2}[^[:@/?#\s"<>\\]+:(?!\d{0,5}(?:[/?#\s"<>\\]|$))/;
/** More than the scan looks ahead for the end of a password (`LONGEST_USER_INFO` in redact-text.ts), and the beginning of the URL. */
const CUT_URL = 1024;

/** Whether a URL may have a user, or is cut where it may have one. */
function mayHoldUser(text: string, hasAtSign: boolean): boolean {
  let looked = 0;
  for (let at = hasAtSign ? text.indexOf('@') : -1; at >= 0; at = text.indexOf('@', at + 1)) {
    // What stands before an earlier sign was looked at.
    if (authorityBefore(text, at, looked) !== null) return true;
    looked = at;
  }
  const last = authorityBefore(text, text.length, looked);
  if (last !== null && /^[^[:]+:(?!\d{1,5}$)./.test(last)) return true;
  return NO_PORT.test(hasAtSign ? text : text.slice(-CUT_URL));
}

/** What stands between two slashes and `end`; null where it is no authority of a URL. */
function authorityBefore(text: string, end: number, lowest: number): string | null {
  let start = end;
  while (start > lowest) {
    const code = text.charCodeAt(start - 1);
    if (code < 128 && IS_AUTHORITY_END[code] === 1) break;
    start--;
  }
  if (start < 2 || text.charCodeAt(start - 1) !== FORWARD_SLASH) return null;
  const before = text.charCodeAt(start - 2);
  return before === FORWARD_SLASH || before === BACKWARD_SLASH ? text.slice(start, end) : null;
}

/** Whether a member `value` or the like may be the value of a name that stands behind it, or did before the text was cut. */
function mayHoldNamedValue(text: string): boolean {
  VALUE.lastIndex = 0;
  for (let match = VALUE.exec(text); match !== null; match = VALUE.exec(text)) {
    const start = VALUE.lastIndex;
    const quote = quoteAt(text, start);
    if (quote === null) continue;
    const end = quotedEnd(text, start, quote);
    let close = end;
    const last = Math.min(text.length, end + LONGEST_NAME);
    while (close < last && !/[{}<>]/.test(text[close]!)) close++;
    // What ends so soon holds no name that is cut.
    if (close < last) continue;
    const near = text.slice(end, end + NEAR);
    const length = near.search(/[{}<>]/);
    if (
      length < 0 ||
      /(?:name|key|field|id)(?:\\*["']|&quot;)?\s*[:=]\s*(?:\\*["']|&quot;)[^"'&\\]{128}/i.test(
        near.slice(0, length),
      )
    )
      return true;
  }
  return false;
}

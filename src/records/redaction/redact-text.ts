import { isBlank, isNameCharacter, isPlainBlank } from './characters.ts';
import { isNamingKey, isValuingKey, Key } from './key.ts';
import { openingBefore, quoteAt, quoteBefore, quotedEnd } from './quotes.ts';
import { REDACTED, type Redaction } from './redaction.ts';
import { percentDecode, type SecretNames } from './secret-names.ts';
import { redactShapes, VALUE_HINT } from './secret-shapes.ts';

/** Without one of these there is nothing to find; one linear look at the text saves the scan of most. */
const WORTH_SCANNING = /[=:>,]/;
/** `=`, `:` or `>` in percent-encoding, of any depth. */
const ENCODED_SEPARATOR = /%(?:25)*3[ADEade]/;
/** `=`, `:`, `>`, `,` by code. */
const IS_SEPARATOR = Uint8Array.from({ length: 128 }, (_, code) =>
  Number('=:>,'.includes(String.fromCharCode(code))),
);
/** Characters within which the next separator mostly is. */
const NEAR_SEPARATOR = 40;
const LONGEST_NAME = 128;
const LONGEST_TAG = 4096;
/** How far the @ behind a password may stand that is not written as a URL wants it. */
const LONGEST_USER_INFO = 512;
const DEEPEST_NESTING = 6;
/** How far behind a name its value may stand where both are given as values: `{"name": "pin", "value": ...}`. */
const NAME_VALUE_DISTANCE = 1024;

/**
 * Replaces the values of secrets by the shape of their keys, whatever type the text claims to be: JSON members (at any depth of
 * escaping), form fields, query parameters, multipart parts, XML elements and attributes, header-like lines, credentials in
 * URLs. A value that the text does not end is replaced to the end. Rather too much than too little: what is kept is read by many.
 */
export function redactText(text: string, names: SecretNames, depth = 0): Redaction {
  if (names.isPlain(text)) return { text, count: 0 };
  const isEncoded = ENCODED_SEPARATOR.test(text);
  if (!isEncoded && !WORTH_SCANNING.test(text) && !VALUE_HINT.test(text)) return { text, count: 0 };
  const scanned = new Scan(unescapeAscii(text), names, depth).run();
  const decoded = isEncoded ? redactEncoded(scanned.text, names, depth) : { text: scanned.text, count: 0 };
  const shaped = redactShapes(decoded.text);
  const count = scanned.count + decoded.count + shaped.count;
  return count === 0 ? { text, count } : { text: shaped.text, count };
}

/**
 * Words whose own separators are percent-encoded, once or more: a URL in a path, in JSON, in a header. One level at a time: what is a value
 * on one level may look like several on the next.
 */
function redactEncoded(text: string, names: SecretNames, depth: number): Redaction {
  if (depth >= DEEPEST_NESTING) return { text, count: 0 };
  let count = 0;
  const result = text.replace(/[^\s"'<>&=]+/g, (word) => {
    if (!ENCODED_SEPARATOR.test(word)) return word;
    const inner = redactText(percentDecode(word), names, depth + 1);
    count += inner.count;
    return inner.count === 0 ? word : inner.text;
  });
  return { text: result, count };
}

/** One pass over a text: looks at every separator, back for the key and forward for the value. */
class Scan {
  readonly #text: string;
  readonly #names: SecretNames;
  readonly #depth: number;
  #isFormOrNull: boolean | null = null;
  readonly #pieces: string[] = [];
  /** Up to where the text is in `pieces`. */
  #copied = 0;
  #count = 0;
  /** The last value of a form whose end was looked for. */
  #valueFrom = 0;
  #valueEnd = -1;
  /** The next percent sign behind the last place that was asked for. */
  #percentAt = -1;

  constructor(text: string, names: SecretNames, depth: number) {
    this.#text = text;
    this.#names = names;
    this.#depth = depth;
  }

  get #isForm(): boolean {
    return (this.#isFormOrNull ??= /^[?&]*[^\s=&"'<>{}]{1,256}=/.test(this.#text));
  }

  run(): Redaction {
    const text = this.#text;
    for (let at = this.#nextSeparator(0); at < text.length;) {
      const end = this.#separator(text[at]!, at);
      at = this.#nextSeparator(end > at ? end : at + 1);
    }
    if (this.#count === 0) return { text, count: 0 };
    this.#pieces.push(text.slice(this.#copied));
    return { text: this.#pieces.join(''), count: this.#count };
  }

  #nextSeparator(from: number): number {
    const text = this.#text;
    const last = Math.min(text.length, from + NEAR_SEPARATOR);
    for (let at = from; at < last; at++) {
      const code = text.charCodeAt(at);
      if (code < 128 && IS_SEPARATOR[code] === 1) return at;
    }
    // An expression is slow to begin and fast to go on.
    return last === text.length ? last : this.#find(/[=:>,]/g, last);
  }

  #separator(separator: string, at: number): number {
    if (separator === '=') return this.#equals(at);
    if (separator === ':') return this.#colon(at);
    return separator === '>' ? this.#tagEnd(at) : this.#comma(at);
  }

  /** `["key", "value"]`: headers and the like as pairs. */
  #comma(at: number): number {
    const start = this.#skipBlanks(at + 1);
    const quote = quoteAt(this.#text, start);
    if (quote === null) return at;
    const key = this.#keyBefore(at);
    if (key === null || !key.isQuoted) return at;
    let before = key.start - 1;
    while (before >= 0 && (this.#text[before] === '\\' || isBlank(this.#text, before))) before--;
    return this.#text[before] === '[' && this.#names.isHeader(key.name)
      ? this.#replaceQuoted(start, quote)
      : at;
  }

  /** `key=value`, `key="value"`, `name="key"` of a multipart part or a tag. Gives where to go on; `at` to go on behind it. */
  #equals(at: number): number {
    const key = this.#keyBefore(at);
    if (key === null) return at;
    const valueAt = this.#text[at + 1] === '>' ? at + 2 : at + 1;
    const start = this.#skipBlanks(valueAt);
    const quote = quoteAt(this.#text, start);
    const { name } = key;
    if (this.#names.isKey(name)) {
      if (quote !== null && !this.#isForm) return this.#replaceQuoted(start, quote);
      return this.#replace(valueAt, this.#formValueEnd(valueAt));
    }
    const end = quote !== null && !this.#isForm ? -1 : this.#formValueEnd(at + 1);
    if (quote !== null && isValuingKey(name) && this.#isNamedBehind(quotedEnd(this.#text, start, quote)))
      return this.#replaceQuoted(start, quote);
    if (isNamingKey(name) || (quote !== null && /^(?:type|id|autocomplete)$/i.test(name))) {
      // A name is short; a value that goes on to the end of the text would be looked at again at each of its signs.
      const named =
        quote === null
          ? this.#text.slice(start, Math.min(end, start + LONGEST_NAME))
          : this.#quotedText(start, quote);
      if (this.#names.isKey(named.replace(/^[\w-]*''/, ''))) return this.#namedValue(at);
    }
    return end < 0 ? at : this.#nested(at + 1, end, at);
  }

  /** `"key": value`, `key: value`, `scheme://user:password@host`. */
  #colon(at: number): number {
    const next = this.#text[at + 1];
    if (next === '/' || next === '\\') {
      const slashes = /^(?:\\*\/){2}/.exec(this.#text.slice(at + 1, at + 12));
      if (slashes !== null) return this.#userInfo(at + 1 + slashes[0].length, at);
    }
    const key = this.#keyBefore(at);
    if (key === null) return at;
    const start = this.#skipBlanks(at + 1);
    const quote = quoteAt(this.#text, start);
    const { name } = key;
    if (!this.#names.isKey(name)) {
      if (
        key.isQuoted &&
        quote !== null &&
        isValuingKey(name) &&
        this.#isNamedBehind(quotedEnd(this.#text, start, quote))
      )
        return this.#replaceQuoted(start, quote);
      if (
        key.isQuoted &&
        quote !== null &&
        isNamingKey(name) &&
        this.#names.isKey(this.#quotedText(start, quote))
      )
        return this.#namedValue(at);
      return at;
    }
    if (quote !== null && (key.isQuoted || !(key.isLineStart || this.#isLineStart(key.start))))
      return this.#replaceQuoted(start, quote);
    const first = this.#text[start];
    if (first === '{' || first === '[') return this.#replace(start, this.#balancedEnd(start));
    if (key.isQuoted) return this.#replace(start, this.#find(/[,}\]\s]/g, start));
    if (key.isLineStart || this.#isLineStart(key.start))
      return this.#replace(start, this.#foldedLineEnd(start));
    return this.#replace(start, this.#find(/[;}\r\n"]/g, start));
  }

  /** `<key attributes>value</key>`. */
  #tagEnd(at: number): number {
    const from = Math.max(0, at - LONGEST_TAG);
    const open = from + this.#text.slice(from, at).lastIndexOf('<');
    if (open < from || this.#text[at - 1] === '/') return at;
    const tag = /^<([^\s<>/!?][^\s<>/]*)/u.exec(this.#text.slice(open, at));
    if (tag === null) return at;
    const name = tag[1]!;
    const local = name.slice(name.indexOf(':') + 1);
    if (/^(?:name|key|label|field)$/i.test(local)) return this.#namedElement(at);
    if (!this.#names.isKey(local)) return at;
    const close = this.#text.indexOf(`</${name}`, at);
    return this.#replace(at + 1, close < 0 ? this.#text.length : close);
  }

  /** The value that belongs to a name which is itself given as a value. */
  #namedValue(at: number): number {
    if (this.#isInPartHead(at)) return this.#part(at);
    const near = this.#text.slice(at, at + NAME_VALUE_DISTANCE);
    const value =
      /(?:["']|&quot;|&#34;|u0022)?(?:\b|(?<=u0022))(?:value|val|content|data|string)(?:\\*["']|\\+u0022|&quot;|&#34;)?\s*[:=]\s*/i.exec(
        near,
      );
    if (value !== null) {
      const start = at + value.index + value[0].length;
      const quote = quoteAt(this.#text, start);
      return quote === null
        ? this.#replace(start, this.#find(/[,}\]\s>]/g, start))
        : this.#replaceQuoted(start, quote);
    }
    const close = at + this.#text.slice(at, at + LONGEST_TAG).indexOf('>');
    if (close < at || this.#text[close - 1] === '/') return at;
    return this.#element(
      close,
      /<([^\s<>/!?]+)[^<>]*$/.exec(this.#text.slice(Math.max(0, at - LONGEST_TAG), at))?.[1],
    );
  }

  /** `<name>key</name><value>value</value>`, and the pairs of property lists. */
  #namedElement(at: number): number {
    const near = this.#text.slice(at + 1, at + 1 + NAME_VALUE_DISTANCE);
    const named = /^\s*([^<>]{1,128}?)\s*<\/[^<>]+>\s*<([^\s<>/]+)[^<>]*>/.exec(near);
    if (named === null || !this.#names.isHeader(named[1]!)) return at;
    return this.#element(at + named[0].length, named[2]);
  }

  /** What an element holds whose start tag ends at `close`. */
  #element(close: number, name: string | undefined): number {
    if (name === undefined || /^(?:input|meta|link|img|br)$/i.test(name))
      return this.#replace(close + 1, this.#find(/</g, close + 1));
    const end = this.#text.indexOf(`</${name}`, close);
    return this.#replace(close + 1, end < 0 ? this.#text.length : end);
  }

  /** Whether a name follows a value, in the same object or tag, that makes the value a secret. */
  #isNamedBehind(end: number): boolean {
    const near = this.#text.slice(end, end + NAME_VALUE_DISTANCE).split(/[{}<>]/, 1)[0]!;
    // The text is cut: the name may have stood behind.
    if (end + near.length === this.#text.length) return true;
    for (const name of near.matchAll(
      /\b(?:name|key|field|id)(?:\\*["']|&quot;)?\s*[:=]\s*(?:\\*["']|&quot;)([^"'&\\]{1,128})/gi,
    ))
      if (this.#names.isHeader(name[1]!)) return true;
    return false;
  }

  /** Whether `at` stands in the head of a multipart part: after its Content-Disposition, before its blank line. */
  #isInPartHead(at: number): boolean {
    const before = this.#text.slice(Math.max(0, at - 2 * LONGEST_TAG), at);
    const from = before.toLowerCase().lastIndexOf('content-disposition');
    return from >= 0 && !/\r\n\r\n|\n\n|\r\r/.test(before.slice(from));
  }

  /** The content of the multipart part in whose head `at` stands. */
  #part(at: number): number {
    const text = this.#text;
    const blank = /\r\n\r\n|\n\n|\r\r/g;
    blank.lastIndex = at;
    const head = blank.exec(text);
    if (head === null) return this.#replace(at + 1, text.length);
    const start = head.index + head[0].length;
    const boundaryAt = text.lastIndexOf('\n--', at) + 1;
    const boundary = /^--[^\r\n]+/.exec(text.slice(boundaryAt, boundaryAt + 256))?.[0] ?? '--';
    for (
      let end = text.indexOf(`\n${boundary}`, start - 1);
      end >= 0;
      end = text.indexOf(`\n${boundary}`, end + 1)
    )
      if (/^(?:--|\s|$)/.test(text.slice(end + 1 + boundary.length, end + 3 + boundary.length)))
        return this.#replace(start, Math.max(start, end));
    return this.#replace(start, text.length);
  }

  #userInfo(from: number, at: number): number {
    const authority = this.#text.slice(from, this.#find(/[/?#\s"<>\\]/g, from));
    let end = authority.lastIndexOf('@');
    // Cut before the @: what stands there is no port.
    const isCut = end < 0 && from + authority.length === this.#text.length;
    if (isCut && /^[^[:]+:(?!\d{1,5}$)./.test(authority)) end = authority.length;
    if (end < 0 && /^[^[:]+:(?!\d{0,5}$)/.test(authority)) end = this.#rawUserInfoEnd(from) - from;
    if (end <= 0) return at;
    this.#copyTo(from);
    this.#pieces.push(`${REDACTED}:${REDACTED}`);
    this.#copied = from + end;
    this.#count++;
    return from + end;
  }

  /** What stands behind the colon is no port: a password that holds `/`, `?` or `#` as they are. Gives `from` where no @ ends it. */
  #rawUserInfoEnd(from: number): number {
    const near = this.#text.slice(from, from + LONGEST_USER_INFO);
    const end = near.search(/[\s"<>\\]/);
    const at = (end < 0 ? near : near.slice(0, end)).lastIndexOf('@');
    if (at >= 0) return from + at;
    return end < 0 && from + near.length === this.#text.length ? this.#text.length : from;
  }

  /** Looked for once: the next sign serves all who ask before it. */
  #hasPercent(start: number, end: number): boolean {
    if (this.#percentAt < start) {
      const found = this.#text.indexOf('%', start);
      this.#percentAt = found < 0 ? Infinity : found;
    }
    return this.#percentAt < end;
  }

  /** A percent-encoded value may hold a URL, a form or JSON of its own. */
  #nested(start: number, end: number, at: number): number {
    if (this.#depth >= DEEPEST_NESTING || !this.#hasPercent(start, end)) return at;
    const value = this.#text.slice(start, end);
    if (!/%[0-9a-fA-F]{2}/.test(value)) return at;
    const inner = redactText(percentDecode(value.replaceAll('+', ' ')), this.#names, this.#depth + 1);
    // Looked at, all of it: going on behind it keeps the whole scan linear.
    if (inner.count === 0) return end;
    this.#copyTo(start);
    this.#pieces.push(encodeURIComponent(inner.text.toWellFormed()));
    this.#copied = end;
    this.#count += inner.count;
    return end;
  }

  /** The name that ends right before a separator, bare or in quotes. */
  #keyBefore(at: number): Key | null {
    const text = this.#text;
    let end = at;
    while (end > this.#copied && isPlainBlank(text.charCodeAt(end - 1))) end--;
    const lowest = Math.max(this.#copied, end - LONGEST_NAME);
    const quote = quoteBefore(text, end, lowest);
    if (quote !== null) {
      const close = end - quote.length;
      const bare = quote.length === 1 ? quote : quote.replace(/^\\+/, '');
      const open = openingBefore(text, close, lowest, bare);
      if (open < lowest) return null;
      return new Key(text, open + bare.length, close, open, true, false);
    }
    let start = end;
    while (start > lowest && isNameCharacter(text, start - 1)) start--;
    if (start === end) return null;
    // In a string, an escaped line end begins a line too.
    const name = text.slice(start, end);
    if (!name.includes('\\')) return new Key(text, start, end, start, false, false);
    const escape = /^(.*\\[nrt])?(.*)$/s.exec(name)!;
    const isLineStart = escape[1] !== undefined;
    const from = isLineStart ? end - escape[2]!.length : start;
    return new Key(text, from, end, from, false, isLineStart);
  }

  #isLineStart(start: number): boolean {
    let at = start;
    while (at > 0 && /[ \t>-]/.test(this.#text[at - 1]!)) at--;
    return (
      at === 0 || this.#text[at - 1] === '\n' || this.#text[at - 1] === '\r' || this.#text[start] === '\\'
    );
  }

  #skipBlanks(from: number): number {
    let at = from;
    while (at < this.#text.length && isBlank(this.#text, at)) at++;
    return at;
  }

  /** Where the pattern (global) is found first; the end of the text where it is not. */
  #find(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    return pattern.exec(this.#text)?.index ?? this.#text.length;
  }

  /** A value of a form or a query. An ampersand ends it only where another field follows. */
  #formValueEnd(from: number): number {
    // The end of a value is the end of every value that begins inside it.
    if (from >= this.#valueFrom && from <= this.#valueEnd) return this.#valueEnd;
    this.#valueFrom = from;
    this.#valueEnd = this.#find(
      this.#isForm ? /&(?=[^&=\s]*=)|[\r\n]/g : /&(?=[^&=\s"]*=)|(?<!\\)"|[\s<>]/g,
      from,
    );
    return this.#valueEnd;
  }

  #foldedLineEnd(from: number): number {
    return this.#find(/\r\n(?![ \t])|\n(?![ \t])|\r(?![ \t\n])|\\r\\n|\\n|"/g, from);
  }

  /** Behind the bracket that closes the one at `from`; strings in it may hold brackets. */
  #balancedEnd(from: number): number {
    let open = 0;
    for (let at = from; at < this.#text.length; at++) {
      const char = this.#text[at]!;
      if (char === '"' || char === "'" || (char === '\\' && quoteAt(this.#text, at) !== null)) {
        const quote = quoteAt(this.#text, at)!;
        at = quotedEnd(this.#text, at, quote) + quote.length - 1;
      } else if (char === '{' || char === '[') open++;
      else if ((char === '}' || char === ']') && --open === 0) return at + 1;
    }
    return this.#text.length;
  }

  #quotedText(start: number, quote: string): string {
    return this.#text.slice(start + quote.length, quotedEnd(this.#text, start, quote));
  }

  #replaceQuoted(start: number, quote: string): number {
    return this.#replace(start + quote.length, quotedEnd(this.#text, start, quote));
  }

  #replace(start: number, end: number): number {
    if (end > start) {
      this.#copyTo(start);
      this.#pieces.push(REDACTED);
      this.#copied = end;
      this.#count++;
    }
    return Math.max(end, start);
  }

  #copyTo(end: number): void {
    this.#pieces.push(this.#text.slice(this.#copied, end));
    this.#copied = end;
  }
}

/** JSON may write any character of a key as `\u0070`; such ASCII is read as what it is. */
function unescapeAscii(text: string): string {
  if (!text.includes('\\u00')) return text;
  return text.replace(/\\u00([2-7][0-9a-fA-F])/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    // A quotation mark stays escaped: which string it belongs to is told by its backslashes.
    return character === '"' || character === '\\' ? escape : character;
  });
}

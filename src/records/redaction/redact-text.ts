import { percentDecode, type SecretNames } from './secret-names.ts';

export const REDACTED = 'REDACTED';

export interface Redaction {
  readonly text: string;
  /** Values replaced. */
  readonly count: number;
}

/** Without one of these there is nothing to find; one linear look at the text saves the scan of most. */
const WORTH_SCANNING = /[=:>]/;
const NAME_CHARACTER = /[\p{L}\p{N}_.\-$[\]%+*!~\\]/u;
const LONGEST_NAME = 128;
const LONGEST_TAG = 1024;
const DEEPEST_NESTING = 3;
/** How far behind a name its value may stand where both are given as values: `{"name": "pin", "value": ...}`. */
const NAME_VALUE_DISTANCE = 256;

/**
 * Replaces the values of secrets by the shape of their keys, whatever type the text claims to be: JSON members (at any depth of
 * escaping), form fields, query parameters, multipart parts, XML elements and attributes, header-like lines, credentials in
 * URLs. A value that the text does not end is replaced to the end. Rather too much than too little: what is kept is read by many.
 */
export function redactText(text: string, names: SecretNames, depth = 0): Redaction {
  if (!WORTH_SCANNING.test(text) && !VALUE_HINT.test(text)) return { text, count: 0 };
  const unescaped = unescapeAscii(text);
  const scanned = new Scan(unescaped, names, depth).run();
  const shaped = redactShapes(scanned.text);
  const count = scanned.count + shaped.count;
  return count === 0 ? { text, count } : { text: shaped.text, count };
}

/** Header-like bytes that no parser accepted: whatever follows a secret's name in its line, or in folded lines, goes. */
export function redactMalformedHead(text: string, names: SecretNames): Redaction {
  const redacted = redactText(text, names);
  let { count } = redacted;
  let isFolded = false;
  const lines = redacted.text.split(/(?<=[\r\n])/).map((line) => {
    if (isFolded && /^[ \t]/.test(line)) {
      count++;
      return ` ${REDACTED}${lineEnd(line)}`;
    }
    if (/^[\r\n]*$/.test(line)) return line;
    isFolded = false;
    for (const word of line.matchAll(/[\p{L}\p{N}_.-]+/gu))
      if (names.isHeader(word[0])) {
        isFolded = true;
        count++;
        return `${line.slice(0, word.index + word[0].length)} ${REDACTED}${lineEnd(line)}`;
      }
    return line;
  });
  return { text: lines.join(''), count };
}

function lineEnd(line: string): string {
  return /[\r\n]*$/.exec(line)![0];
}

/** One pass over a text: looks at every separator, back for the key and forward for the value. */
class Scan {
  readonly #text: string;
  readonly #names: SecretNames;
  readonly #depth: number;
  readonly #isForm: boolean;
  readonly #pieces: string[] = [];
  /** Up to where the text is in `pieces`. */
  #copied = 0;
  #count = 0;
  /** The last value of a form whose end was looked for. */
  #valueFrom = 0;
  #valueEnd = -1;

  constructor(text: string, names: SecretNames, depth: number) {
    this.#text = text;
    this.#names = names;
    this.#depth = depth;
    this.#isForm = /^[^\s=&"'<>{}]{1,256}=/.test(text);
  }

  run(): Redaction {
    const separators = /[=:>]/g;
    const text = this.#text;
    for (let match = separators.exec(text); match !== null; match = separators.exec(text)) {
      const at = match.index;
      const end = match[0] === '=' ? this.#equals(at) : match[0] === ':' ? this.#colon(at) : this.#tagEnd(at);
      if (end > at) separators.lastIndex = end;
    }
    this.#pieces.push(text.slice(this.#copied));
    return { text: this.#pieces.join(''), count: this.#count };
  }

  /** `key=value`, `key="value"`, `name="key"` of a multipart part or a tag. Gives where to go on; `at` to go on behind it. */
  #equals(at: number): number {
    const key = this.#keyBefore(at);
    if (key === null) return at;
    const start = this.#skipBlanks(at + 1);
    const quote = quoteAt(this.#text, start);
    if (this.#names.isKey(key.name)) {
      if (quote !== null && !this.#isForm) return this.#replaceQuoted(start, quote);
      return this.#replace(at + 1, this.#formValueEnd(at + 1));
    }
    const end = quote !== null && !this.#isForm ? -1 : this.#formValueEnd(at + 1);
    if (isNamingKey(key.name)) {
      const named = quote === null ? this.#text.slice(start, end) : this.#quotedText(start, quote);
      if (this.#names.isKey(named.replace(/^[\w-]*''/, ''))) return this.#namedValue(at);
    }
    return end < 0 ? at : this.#nested(at + 1, end, at);
  }

  /** `"key": value`, `key: value`, `scheme://user:password@host`. */
  #colon(at: number): number {
    if (this.#text.startsWith('//', at + 1)) return this.#userInfo(at + 3, at);
    const key = this.#keyBefore(at);
    if (key === null) return at;
    const start = this.#skipBlanks(at + 1);
    const quote = quoteAt(this.#text, start);
    if (!this.#names.isKey(key.name)) {
      if (
        key.isQuoted &&
        quote !== null &&
        isNamingKey(key.name) &&
        this.#names.isKey(this.#quotedText(start, quote))
      )
        return this.#namedValue(at);
      return at;
    }
    if (quote !== null && (key.isQuoted || !this.#isLineStart(key.start)))
      return this.#replaceQuoted(start, quote);
    const first = this.#text[start];
    if (first === '{' || first === '[') return this.#replace(start, this.#balancedEnd(start));
    if (key.isQuoted) return this.#replace(start, this.#find(/[,}\]\s]/g, start));
    if (this.#isLineStart(key.start)) return this.#replace(start, this.#foldedLineEnd(start));
    return this.#replace(start, this.#find(/[,;}\r\n]/g, start));
  }

  /** `<key attributes>value</key>`. */
  #tagEnd(at: number): number {
    const from = Math.max(this.#copied, at - LONGEST_TAG);
    const open = from + this.#text.slice(from, at).lastIndexOf('<');
    if (open < from || this.#text[at - 1] === '/') return at;
    const tag = /^<([^\s<>/!?][^\s<>/]*)/u.exec(this.#text.slice(open, at));
    if (tag === null) return at;
    const name = tag[1]!;
    if (!this.#names.isKey(name.slice(name.indexOf(':') + 1))) return at;
    const close = this.#text.indexOf(`</${name}`, at);
    return this.#replace(at + 1, close < 0 ? this.#text.length : close);
  }

  /** The value that belongs to a name which is itself given as a value. */
  #namedValue(at: number): number {
    const lineAt = this.#text.lastIndexOf('\n', at) + 1;
    if (/form-data/i.test(this.#text.slice(Math.max(lineAt, at - LONGEST_TAG), at))) return this.#part(at);
    const near = this.#text.slice(at, at + NAME_VALUE_DISTANCE);
    const value = /(?:["']|&quot;|&#34;)?\bvalue(?:\\*["']|&quot;|&#34;)?\s*[:=]\s*/i.exec(near);
    if (value !== null) {
      const start = at + value.index + value[0].length;
      const quote = quoteAt(this.#text, start);
      return quote === null
        ? this.#replace(start, this.#find(/[,}\]\s>]/g, start))
        : this.#replaceQuoted(start, quote);
    }
    const close = at + this.#text.slice(at, at + LONGEST_TAG).indexOf('>');
    if (close < at || this.#text[close - 1] === '/') return at;
    return this.#replace(close + 1, this.#find(/</g, close + 1));
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
    const end = text.indexOf(`\n${boundary}`, start - 1);
    return this.#replace(start, end < 0 ? text.length : Math.max(start, end));
  }

  #userInfo(from: number, at: number): number {
    const authority = this.#text.slice(from, this.#find(/[/?#\s"'<>\\]/g, from));
    let end = authority.lastIndexOf('@');
    // Cut before the @: what stands there is no port.
    const isCut = end < 0 && from + authority.length === this.#text.length;
    if (isCut && /^[^[:]+:(?!\d{1,5}$)./.test(authority)) end = authority.length;
    if (end <= 0) return at;
    this.#copyTo(from);
    this.#pieces.push(`${REDACTED}:${REDACTED}`);
    this.#copied = from + end;
    this.#count++;
    return from + end;
  }

  /** A percent-encoded value may hold a URL, a form or JSON of its own. */
  #nested(start: number, end: number, at: number): number {
    const value = this.#text.slice(start, end);
    if (this.#depth >= DEEPEST_NESTING || !/%[0-9a-fA-F]{2}/.test(value)) return at;
    const inner = redactText(percentDecode(value), this.#names, this.#depth + 1);
    // Looked at, all of it: going on behind it keeps the whole scan linear.
    if (inner.count === 0) return end;
    this.#copyTo(start);
    this.#pieces.push(encodeURIComponent(inner.text.toWellFormed()));
    this.#copied = end;
    this.#count += inner.count;
    return end;
  }

  /** The name that ends right before a separator, bare or in quotes. */
  #keyBefore(at: number): { name: string; start: number; isQuoted: boolean } | null {
    const text = this.#text;
    let end = at;
    while (
      end > this.#copied &&
      (text[end - 1] === ' ' || text[end - 1] === '\t' || text[end - 1] === '\n' || text[end - 1] === '\r')
    )
      end--;
    const lowest = Math.max(this.#copied, end - LONGEST_NAME);
    const quote = /(?:\\*["']|&quot;|&#34;)$/.exec(text.slice(Math.max(lowest, end - 16), end))?.[0];
    if (quote !== undefined) {
      const close = end - quote.length;
      const bare = quote.replace(/^\\+/, '');
      const open = lowest + text.slice(lowest, close).lastIndexOf(bare);
      if (open < lowest) return null;
      return { name: text.slice(open + bare.length, close), start: open, isQuoted: true };
    }
    let start = end;
    while (start > lowest && NAME_CHARACTER.test(text[start - 1]!)) start--;
    // After a folded `[` or a dash of a list, or an escaped line end before the name: `\nAuthorization`.
    return start === end
      ? null
      : { name: text.slice(start, end).replace(/^\\+[nrt]/, ''), start, isQuoted: false };
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
    while (at < this.#text.length && /\s/.test(this.#text[at]!)) at++;
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
    this.#valueEnd = this.#find(this.#isForm ? /&(?=[^&=\s]*=)|[\r\n]/g : /&(?=[^&=\s"]*=)|[\s"<>]/g, from);
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
      if (char === '"' || (char === '\\' && quoteAt(this.#text, at) !== null)) {
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

function isNamingKey(name: string): boolean {
  return /^(?:name\*?|key|field|param|parameter|header)$/i.test(name);
}

/** The quotation mark that stands at `at`, with its backslashes; null for none. */
function quoteAt(text: string, at: number): string | null {
  return /^(?:\\*["']|&quot;|&#34;)/.exec(text.slice(at, at + 16))?.[0] ?? null;
}

/**
 * Where the string that `quote` opened at `start` ends. With n levels of escaping a quotation mark of this level has u - 1
 * backslashes, u = 2^n, and each literal backslash before it 2u more; fewer means that an outer string ends here.
 */
function quotedEnd(text: string, start: number, quote: string): number {
  const from = start + quote.length;
  const mark = quote.replace(/^\\+/, '');
  if (mark.length > 1) {
    const end = text.indexOf(quote, from);
    return end < 0 ? text.length : end;
  }
  const unit = quote.length;
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    let run = 0;
    while (at - run > from && text[at - run - 1] === '\\') run++;
    if (run < unit - 1) return at - run;
    if ((run - (unit - 1)) % (2 * unit) === 0) return at - (unit - 1);
  }
  return text.length;
}

/** JSON may write any character of a key as `\u0070`; such ASCII is read as what it is. */
function unescapeAscii(text: string): string {
  if (!text.includes('\\u00')) return text;
  return text.replace(/\\u00([2-7][0-9a-fA-F])/g, (_, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return character === '"' || character === '\\' ? `\\${character}` : character;
  });
}

const VALUE_HINT = /\b(?:bearer|basic|digest) |eyJ|PRIVATE KEY/i;
/** Values that are secrets by their own shape. */
const SHAPES: readonly [RegExp, string][] = [
  [/\b(bearer|basic|negotiate)[ \t]+(?:[A-Za-z0-9._~+/-]{6,}=*|[A-Za-z0-9._~+/-]+$)/gi, `$1 ${REDACTED}`],
  [/\beyJ[A-Za-z0-9_-]{8,1024}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

function redactShapes(text: string): Redaction {
  if (!VALUE_HINT.test(text)) return { text, count: 0 };
  let count = 0;
  let result = text;
  for (const [pattern, replacement] of SHAPES)
    result = result.replace(pattern, (...match: (string | number)[]) => {
      count++;
      return replacement.replace('$1', String(match[1]));
    });
  return { text: result, count };
}

/** A piece of JSON as it stands in the text, or of what is none. */
export interface JsonToken {
  readonly kind: 'blank' | 'open' | 'close' | 'colon' | 'comma' | 'string' | 'number' | 'word' | 'other';
  readonly text: string;
}

const SINGLE: Readonly<Record<string, JsonToken['kind']>> = {
  '{': 'open',
  '[': 'open',
  '}': 'close',
  ']': 'close',
  ':': 'colon',
  ',': 'comma',
};
const BLANK = /[^ \t\r\n]/g;
const NUMBER = /[^\d.eE+-]/g;
const WORD = /[^\w$]/g;

/**
 * Cuts a text into tokens; nothing is left out, so that they make up the text again. Takes anything: a string may lack its end, a number may be none
 * that JSON knows.
 */
export function* jsonTokens(text: string): Generator<JsonToken> {
  let at = 0;
  while (at < text.length) {
    const first = text[at]!;
    const single = SINGLE[first];
    let kind: JsonToken['kind'] = single ?? 'other';
    let end = at + 1;
    if (first === '"') {
      kind = 'string';
      end = stringEnd(text, at);
    } else if (first === ' ' || first === '\n' || first === '\r' || first === '\t') {
      kind = 'blank';
      end = firstOf(BLANK, text, at);
    } else if ((first >= '0' && first <= '9') || (first === '-' && /\d/.test(text[at + 1] ?? ''))) {
      kind = 'number';
      end = firstOf(NUMBER, text, at);
    } else if (single === undefined && /[A-Za-z_$]/.test(first)) {
      kind = 'word';
      end = firstOf(WORD, text, at);
    }
    yield { kind, text: text.slice(at, end) };
    at = end;
  }
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (quote - 1 - backslashes > start && text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Where the first character stands that `pattern` finds; the text's end without one. */
function firstOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

import { durationMs } from '../core/quantity.ts';
import { MARKS } from '../records/record-marks.ts';
import type { Column, WordColumn } from './block.ts';
import { QueryError } from './query-error.ts';

/** A condition on records: columns compared, text searched, combined. */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  | {
      readonly kind: 'compare';
      readonly column: Column;
      readonly operator: string;
      readonly value: number;
    }
  | { readonly kind: 'like'; readonly column: Column; readonly pattern: string }
  | {
      readonly kind: 'words';
      readonly columns: readonly WordColumn[];
      readonly text: string;
      readonly isPrefix: boolean;
    }
  | { readonly kind: 'header'; readonly name: string; readonly pattern: string };

/** What a term about a field is about. */
type Field = { readonly meaning: string } & (
  | { readonly type: 'text' | 'number' | 'duration' | 'time'; readonly column: Column }
  | { readonly type: 'words'; readonly columns: readonly WordColumn[] }
);

/** The fields of the query language, and what of a record they ask for. */
export const QUERY_FIELDS: Readonly<Record<string, Field>> = {
  method: { type: 'text', column: 'method', meaning: 'request method' },
  host: { type: 'text', column: 'host', meaning: 'host that the client asked for' },
  path: { type: 'text', column: 'path', meaning: 'path of the request, without its query' },
  status: { type: 'number', column: 'status', meaning: 'status of the answer' },
  duration: {
    type: 'duration',
    column: 'durationNs',
    meaning: 'time from first to last byte: 250ms, 1.5s',
  },
  type: { type: 'text', column: 'mimeType', meaning: 'type of the answer, sniffed from its content' },
  client: { type: 'text', column: 'client', meaning: 'address of the client' },
  error: { type: 'text', column: 'errorType', meaning: 'error.type' },
  outcome: { type: 'text', column: 'outcome', meaning: 'success, failure or unknown' },
  kind: { type: 'text', column: 'kind', meaning: 'exchange, refusal, tunnel, broken, gap or summary' },
  mark: {
    type: 'text',
    column: 'marks',
    meaning: `what happened to the record, one of: ${Object.keys(MARKS).join(', ')}`,
  },
  id: { type: 'text', column: 'id', meaning: 'event.id' },
  trace: { type: 'text', column: 'trace', meaning: 'trace.id' },
  run: { type: 'text', column: 'run', meaning: 'run of the gateway' },
  connection: { type: 'number', column: 'connection', meaning: 'number of the connection' },
  sequence: { type: 'number', column: 'sequence', meaning: 'event.sequence' },
  bytes: { type: 'number', column: 'bytes', meaning: 'bytes both ways' },
  time: { type: 'time', column: 'timestampMs', meaning: 'when it began: 2026-01-31T12:00:00Z' },
  body: { type: 'words', columns: ['requestBody', 'responseBody'], meaning: 'words of either body' },
  'request.body': { type: 'words', columns: ['requestBody'], meaning: 'words of the request body' },
  'response.body': { type: 'words', columns: ['responseBody'], meaning: 'words of the response body' },
};

/** Parentheses and negations within each other: nobody writes so many, and who reads them needs stack for each. */
const MAX_DEPTH = 100;

interface Token {
  readonly text: string;
  readonly column: number;
  readonly kind: 'word' | 'quoted' | 'operator' | 'open' | 'close' | 'minus';
}

/**
 * Reads a query: terms joined by blanks must all hold; `field:value`, `field>=n` and their like, `*` in values, quotes, `-term` or
 * `not term`, `or`, parentheses; a bare word is searched in paths, headers and bodies. Throws QueryError.
 */
export function parseQuery(text: string): Query {
  const parser = new Parser(tokenize(text), text.length);
  return parser.query();
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const column = at + 1;
    const blank = /^\s+/.exec(rest)?.[0];
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    if (rest.startsWith('"')) {
      const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(rest);
      if (quoted === null) throw new QueryError('a quote is not closed', column);
      tokens.push({ text: quoted[1]!.replace(/\\(.)/gs, '$1'), column, kind: 'quoted' });
      at += quoted[0].length;
      continue;
    }
    const operator = /^(?:>=|<=|!=|[:><=])/.exec(rest)?.[0];
    const single = { '(': 'open', ')': 'close', '-': 'minus' } as const;
    const kind = single[rest[0] as keyof typeof single];
    if (operator !== undefined) tokens.push({ text: operator, column, kind: 'operator' });
    else if (kind !== undefined) tokens.push({ text: rest[0]!, column, kind });
    const last = tokens.at(-1)!;
    const word =
      operator === undefined && kind === undefined
        ? /^[^\s"()><=!:]+(?::(?=\/\/)[^\s"()]*)?|^[^\s]/.exec(rest)![0]
        : null;
    if (word !== null) tokens.push({ text: word, column, kind: 'word' });
    at += word?.length ?? last.text.length;
    // A value is taken as it stands: it may hold colons and dashes.
    if (operator !== undefined) {
      const value = /^[^\s"()]+/.exec(text.slice(at))?.[0];
      if (value !== undefined) {
        tokens.push({ text: value, column: at + 1, kind: 'word' });
        at += value.length;
      }
    }
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #endColumn: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#endColumn = length + 1;
  }

  query(): Query {
    if (this.#tokens.length === 0) return { kind: 'all' };
    const query = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new QueryError(`unexpected ${rest.text}`, rest.column);
    return query;
  }

  #or(): Query {
    const parts = [this.#and()];
    while (this.#isWord('or')) {
      this.#at++;
      parts.push(this.#and());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Query {
    const parts: Query[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.kind === 'close' || this.#isWord('or')) break;
      if (this.#isWord('and')) this.#at++;
      else parts.push(this.#term());
    }
    if (parts.length === 0)
      throw new QueryError('expected a condition', this.#tokens[this.#at]?.column ?? this.#endColumn);
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #term(): Query {
    const token = this.#tokens[this.#at++]!;
    if (++this.#depth > MAX_DEPTH) throw new QueryError('nested too deep', token.column);
    const term = this.#termOf(token);
    this.#depth--;
    return term;
  }

  #termOf(token: Token): Query {
    if (token.kind === 'minus' || (token.kind === 'word' && token.text.toLowerCase() === 'not')) {
      if (this.#tokens[this.#at] === undefined) throw new QueryError('expected a condition', this.#endColumn);
      return { kind: 'not', part: this.#term() };
    }
    if (token.kind === 'open') {
      const inner = this.#or();
      if (this.#tokens[this.#at]?.kind !== 'close')
        throw new QueryError('a parenthesis is not closed', token.column);
      this.#at++;
      return inner;
    }
    if (token.kind === 'close' || token.kind === 'operator')
      throw new QueryError(`unexpected ${token.text}`, token.column);
    const operator = this.#tokens[this.#at];
    if (token.kind === 'word' && operator?.kind === 'operator') {
      this.#at++;
      const value = this.#tokens[this.#at++];
      if (value === undefined || (value.kind !== 'word' && value.kind !== 'quoted'))
        throw new QueryError(`expected a value for ${token.text}`, value?.column ?? this.#endColumn);
      return condition(token, operator.text, value);
    }
    return words(['requestBody', 'responseBody', 'other'], token);
  }

  #isWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    return (
      token?.kind === 'word' &&
      token.text.toLowerCase() === word &&
      this.#tokens[this.#at + 1]?.kind !== 'operator'
    );
  }
}

function condition(name: Token, operator: string, value: Token): Query {
  if (name.text.startsWith('header.')) {
    if (operator !== ':' && operator !== '=')
      throw new QueryError('a header is compared with :', name.column);
    return { kind: 'header', name: name.text.slice(7).toLowerCase(), pattern: value.text };
  }
  const field = Object.hasOwn(QUERY_FIELDS, name.text) ? QUERY_FIELDS[name.text] : undefined;
  if (field === undefined)
    throw new QueryError(
      `unknown field ${name.text}; fields are ${Object.keys(QUERY_FIELDS).join(', ')} and header.<name>`,
      name.column,
    );
  if (field.type === 'words') {
    if (operator !== ':') throw new QueryError(`${name.text} is searched with :`, name.column);
    return words(field.columns, value);
  }
  const { column } = field;
  if (field.type === 'text') {
    if (operator === '!=') return { kind: 'not', part: { kind: 'like', column, pattern: value.text } };
    if (operator !== ':' && operator !== '=')
      throw new QueryError(`${name.text} is compared with : or !=`, name.column);
    return { kind: 'like', column, pattern: value.text };
  }
  const number = toNumber(field.type, value);
  const comparison = operator === ':' ? '=' : operator;
  if (comparison === '!=')
    return { kind: 'not', part: { kind: 'compare', column, operator: '=', value: number } };
  return { kind: 'compare', column, operator: comparison, value: number };
}

function toNumber(type: Field['type'], { text, column }: Token): number {
  const number =
    type === 'number'
      ? /^-?\d+(\.\d+)?$/.test(text)
        ? Number(text)
        : Number.NaN
      : type === 'time'
        ? Date.parse(text)
        : (durationMs(text) ?? Number.NaN) * 1e6;
  const expected = {
    number: 'a number',
    time: 'a time such as 2026-01-31T12:00:00Z',
    duration: 'a time such as 250ms or 1.5s',
  };
  if (Number.isNaN(number))
    throw new QueryError(`expected ${expected[type as keyof typeof expected]}, got ${text}`, column);
  return number;
}

function words(columns: readonly WordColumn[], token: Token): Query {
  const isPrefix = token.text.endsWith('*');
  const text = isPrefix ? token.text.slice(0, -1) : token.text;
  if (!/[\p{L}\p{N}]/u.test(text))
    throw new QueryError('expected a word with a letter or a digit', token.column);
  return { kind: 'words', columns, text, isPrefix };
}

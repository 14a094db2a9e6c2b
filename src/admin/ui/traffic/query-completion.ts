import { QUERY_FIELDS } from '../../../store/query.ts';

/** Something that can be put into a query. */
export interface Suggestion {
  /** What is put in place of `from` to `to`. */
  readonly text: string;
  readonly meaning: string;
  /** The caret goes on typing behind it: a field wants an operator. */
  readonly isOpen: boolean;
}

export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly suggestions: readonly Suggestion[];
}

/** Values that are known of a field: `method` → GET, POST. */
export type KnownValues = Readonly<
  Record<string, readonly { readonly value: string; readonly meaning: string }[]>
>;

const MAX_SUGGESTIONS = 12;

const OPERATORS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  text: [
    [':', 'is; * stands for any text'],
    ['!=', 'is not'],
  ],
  words: [[':', 'contains the words']],
  ordered: [
    ['>=', 'at least'],
    ['<=', 'at most'],
    [':', 'exactly'],
    ['>', 'more than'],
    ['<', 'less than'],
    ['!=', 'not'],
  ],
};

const EXAMPLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  duration: [
    ['250ms', ''],
    ['1s', ''],
    ['10s', ''],
  ],
  time: [],
};

/** What could stand where the caret is: fields, then operators, then values. */
export function completionAt(query: string, caret: number, known: KnownValues): Completion {
  const before = query.slice(0, caret);
  const after = /^[^\s()"><=!:]*/.exec(query.slice(caret))![0];
  const none: Completion = { from: caret, to: caret, suggestions: [] };
  const value = /(?:^|[\s(-])([\w.][\w.-]*?)(>=|<=|!=|[:><=])("(?:[^"\\]|\\.)*|[^\s()"]*)$/.exec(before);
  if (value !== null) {
    const [, field, operator, typed] = value as unknown as [string, string, string, string];
    const from = caret - typed.length;
    const to = typed.startsWith('"') ? caret : caret + /^[^\s()"]*/.exec(query.slice(caret))![0].length;
    return { from, to, suggestions: values(field, operator, typed.replace(/^"/, ''), known) };
  }
  if (isInQuotes(before)) return none;
  const typed = /[\w.]*$/.exec(before)![0];
  // A value, a header's name, or a word that goes on: nothing to say about it.
  if (/[^\s(-]$/.test(before.slice(0, before.length - typed.length))) return none;
  if (Object.hasOwn(QUERY_FIELDS, typed))
    return {
      from: caret - typed.length,
      to: caret + after.length,
      suggestions: [...operators(typed), ...fields(typed).filter(({ text }) => text !== typed)],
    };
  return { from: caret - typed.length, to: caret + after.length, suggestions: fields(typed) };
}

/** A value as a query has to write it. */
export function quoted(value: string): string {
  return value === '' || /[\s"()]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

function fields(typed: string): readonly Suggestion[] {
  const wanted = typed.toLowerCase();
  const all = [
    ...Object.entries(QUERY_FIELDS).map(([text, { meaning }]) => ({ text, meaning, isOpen: true })),
    { text: 'header.', meaning: 'a header by its name: header.accept:*json*', isOpen: true },
    ...(wanted === ''
      ? []
      : [
          { text: 'or', meaning: 'either side holds', isOpen: false },
          { text: 'not', meaning: 'what follows does not hold', isOpen: false },
        ]),
  ];
  const starting = all.filter(({ text }) => text.startsWith(wanted));
  const inside = all.filter(({ text }) => !text.startsWith(wanted) && wanted !== '' && text.includes(wanted));
  return [...starting, ...inside].slice(0, wanted === '' ? all.length : MAX_SUGGESTIONS);
}

function operators(field: string): readonly Suggestion[] {
  const { type } = QUERY_FIELDS[field]!;
  return (OPERATORS[type] ?? OPERATORS['ordered']!).map(([operator, meaning]) => ({
    text: `${field}${operator}`,
    meaning,
    isOpen: true,
  }));
}

function values(field: string, operator: string, typed: string, known: KnownValues): readonly Suggestion[] {
  const type = Object.hasOwn(QUERY_FIELDS, field) ? QUERY_FIELDS[field]!.type : null;
  if (type === null || type === 'words' || (type === 'text' && !/^(?::|=|!=)$/.test(operator))) return [];
  const wanted = typed.toLowerCase();
  const offered = Object.hasOwn(known, field)
    ? known[field]!
    : (EXAMPLES[type] ?? []).map(([value, meaning]) => ({ value, meaning }));
  return offered
    .filter(({ value }) => value.toLowerCase().includes(wanted) && value !== typed)
    .sort((a, b) => Number(startsWith(b.value, wanted)) - Number(startsWith(a.value, wanted)))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ value, meaning }) => ({ text: quoted(value), meaning, isOpen: false }));
}

function startsWith(value: string, wanted: string): boolean {
  return value.toLowerCase().startsWith(wanted);
}

function isInQuotes(before: string): boolean {
  return (before.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}

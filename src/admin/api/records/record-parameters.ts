import { durationMs } from '../../../core/quantity.ts';
import { parseQuery, type Query } from '../../../store/query.ts';
import type { ParameterDescription } from '../../endpoint.ts';
import { ParameterFault } from './parameter-fault.ts';

/** Code units of a query. */
const MAX_QUERY_LENGTH = 2000;

const TIME =
  'Milliseconds since the epoch, an ISO time such as `2026-01-31T12:00:00Z`, or how long ago: `10m`.';

export const QUERY_PARAMETER: ParameterDescription = {
  name: 'query',
  in: 'query',
  description: 'Which records, in the query language of `tapline records --query`; all where it is empty.',
  schema: { type: 'string', maxLength: MAX_QUERY_LENGTH, examples: ['status>=500 path:/api/*'] },
};

export const SINCE_PARAMETER: ParameterDescription = {
  name: 'since',
  in: 'query',
  description: `Only records that began then or later. ${TIME}`,
  schema: { type: 'string', examples: ['10m'] },
};

export const UNTIL_PARAMETER: ParameterDescription = {
  name: 'until',
  in: 'query',
  description: `Only records that began before. ${TIME}`,
  schema: { type: 'string' },
};

export const VIEW_PARAMETER: ParameterDescription = {
  name: 'view',
  in: 'query',
  description: '`documents` are whole records (ECS); `rows` are what a list shows of them, and much quicker.',
  schema: { enum: ['documents', 'rows'], default: 'documents' },
};

/** A row, as it stands in lists and streams. */
export const ROW_SCHEMA = { type: 'integer', minimum: 0 };

/** Throws QueryError, or ParameterFault where it is too long. */
export function readQuery(parameters: URLSearchParams): Query {
  const text = parameters.get('query') ?? '';
  if (text.length > MAX_QUERY_LENGTH)
    throw new ParameterFault(`query: at most ${MAX_QUERY_LENGTH} characters are read`);
  return parseQuery(text);
}

/** A time in ms since the epoch; `missing` where the parameter is. Throws ParameterFault. */
export function readTime(parameters: URLSearchParams, name: string, missing: number, nowMs: number): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return missing;
  const ago = /^\d+(\.\d+)?[a-z]+$/.test(text) ? durationMs(text) : null;
  const at = /^\d{1,16}$/.test(text) ? Number(text) : ago === null ? Date.parse(text) : nowMs - ago;
  if (Number.isNaN(at))
    throw new ParameterFault(
      `${name}: expected milliseconds since the epoch, a time such as 2026-01-31T12:00:00Z, or a duration such as 10m`,
    );
  return at;
}

/** A whole number; `missing` where the parameter is. Throws ParameterFault. */
export function readWhole<T>(
  parameters: URLSearchParams,
  name: string,
  missing: T,
  { min, max }: { readonly min: number; readonly max: number },
): number | T {
  const text = parameters.get(name) ?? '';
  if (text === '') return missing;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  // Not a number is not between any two.
  if (!(number >= min && number <= max))
    throw new ParameterFault(`${name}: expected a whole number from ${min} to ${max}`);
  return number;
}

/** One of a few words, the first where the parameter is missing. Throws ParameterFault. */
export function readChoice<T extends string>(
  parameters: URLSearchParams,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const text = parameters.get(name) ?? '';
  if (text === '') return choices[0];
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) throw new ParameterFault(`${name}: expected ${choices.join(' or ')}`);
  return chosen;
}

import { parseQuery } from '../../../store/query.ts';
import { QueryError } from '../../../store/query-error.ts';

/** What is wrong with a query, and at which character (from 0). */
export interface QueryFault {
  readonly message: string;
  readonly at: number;
}

/** Null where the gateway will understand it: it is the very same parser. */
export function queryFault(query: string): QueryFault | null {
  try {
    parseQuery(query);
    return null;
  } catch (error) {
    if (error instanceof QueryError)
      return { message: error.message, at: Math.min(error.column - 1, query.length) };
    throw error;
  }
}

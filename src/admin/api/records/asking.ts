import { QueryError } from '../../../store/query-error.ts';
import {
  type AdminAnswer,
  type AdminRequest,
  type AnswerDescription,
  type Endpoint,
  type EndpointDescription,
  JSON_TYPE,
  problem,
  PROBLEM,
} from '../../endpoint.ts';
import { ReaderFault } from '../../record-reader/reader-fault.ts';
import type { RecordReader } from '../../record-reader/record-reader.ts';
import { ParameterFault } from './parameter-fault.ts';

/** Who answers questions about records. */
export type RecordSource = Pick<RecordReader, 'ask'>;

const NO_STORE =
  'This gateway keeps no records that could be read here (--store=off, or a program without audit). Start it with --store=on, or look where its sinks deliver to.';

/** What every endpoint that reads records may answer besides, by status. */
export const READING_PROBLEMS: Readonly<Record<string, AnswerDescription>> = {
  400: {
    description: 'A parameter or the query cannot be read; of a query, `column` says where, from 1.',
    contentType: JSON_TYPE,
    schema: {
      ...PROBLEM,
      properties: { ...(PROBLEM['properties'] as object), column: { type: 'integer', minimum: 1 } },
    },
  },
  404: {
    description: 'There is no such record, or this gateway keeps no store.',
    contentType: JSON_TYPE,
    schema: PROBLEM,
  },
  503: {
    description:
      'The store cannot be read now: it is not there yet, is being converted, or too many questions are waiting.',
    contentType: JSON_TYPE,
    schema: PROBLEM,
    headers: { 'Retry-After': 'Seconds to wait before asking again.' },
  },
};

/** An endpoint that asks the store: what it cannot read or is not told becomes a problem with the right status. */
export function askingEndpoint(
  description: EndpointDescription,
  reader: RecordSource | null,
  answer: (reader: RecordSource, request: AdminRequest) => Promise<AdminAnswer>,
): Endpoint {
  return {
    description,
    answer: async (request) => {
      if (reader === null) return problem(404, NO_STORE);
      try {
        return await answer(reader, request);
      } catch (error) {
        return problemOf(error);
      }
    },
  };
}

/** Not now: ask again after some seconds. */
export function notNow(error: string, retryAfterSeconds: number): AdminAnswer {
  const answer = problem(503, error);
  return { ...answer, headers: { ...answer.headers, 'Retry-After': String(retryAfterSeconds) } };
}

function problemOf(error: unknown): AdminAnswer {
  if (error instanceof QueryError) return problem(400, error.message, { column: error.column });
  if (error instanceof ParameterFault) return problem(400, error.message);
  if (!(error instanceof ReaderFault)) throw error;
  return notNow(error.message, error.kind === 'absent' ? 2 : 1);
}

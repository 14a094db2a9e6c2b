import type { AdminRequest, Endpoint, EndpointDescription } from '../../endpoint.ts';
import type { Page, PageQuestion } from '../../record-reader/question.ts';
import { askingEndpoint, READING_PROBLEMS, type RecordSource } from './asking.ts';
import {
  QUERY_PARAMETER,
  readChoice,
  readQuery,
  readTime,
  readWhole,
  ROW_SCHEMA,
  SINCE_PARAMETER,
  UNTIL_PARAMETER,
  VIEW_PARAMETER,
} from './record-parameters.ts';
import { RECORD_SCHEMA } from './record-row-schema.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 10_000;

const NDJSON_TYPE = 'application/x-ndjson';

export const LIST_RECORDS: EndpointDescription = {
  method: 'GET',
  path: '/api/records',
  name: 'listRecords',
  summary: 'Records that match a query, one JSON document a line.',
  description:
    'The header `Link` with `rel="next"` leads to what follows; it is missing at the end. Rows are never given twice or anew, so that what is stored, merged or forgotten meanwhile puts nothing into a list twice.',
  parameters: [
    QUERY_PARAMETER,
    SINCE_PARAMETER,
    UNTIL_PARAMETER,
    {
      name: 'limit',
      in: 'query',
      description: 'How many records at most.',
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    },
    { name: 'before', in: 'query', description: 'Only records stored before this row.', schema: ROW_SCHEMA },
    { name: 'after', in: 'query', description: 'Only records stored after this row.', schema: ROW_SCHEMA },
    {
      name: 'order',
      in: 'query',
      description: 'Which come first: those that were stored last, or first.',
      schema: { enum: ['newest', 'oldest'], default: 'newest' },
    },
    VIEW_PARAMETER,
  ],
  answers: {
    200: {
      description: 'The records, one a line.',
      contentType: NDJSON_TYPE,
      schema: RECORD_SCHEMA,
      headers: { Link: 'Where the list goes on, with `rel="next"`; missing at its end.' },
    },
    ...READING_PROBLEMS,
  },
};

/** `GET /api/records` */
export function listRecords(reader: RecordSource | null): Endpoint {
  return askingEndpoint(LIST_RECORDS, reader, async (source, request) => {
    const question = readQuestion(request.query, Date.now());
    const first = await source.ask(question, request.signal);
    const end = await endOf(source, question, first, request.signal);
    return {
      status: 200,
      headers: {
        'Content-Type': NDJSON_TYPE,
        ...(end.hasMore ? { Link: `<${nextTarget(request, question, end.row)}>; rel="next"` } : {}),
      },
      body:
        first.state === 'cut'
          ? lines(source, question, first, end.row, request.signal)
          : Buffer.from(first.bytes),
    };
  });
}

function readQuestion(parameters: URLSearchParams, nowMs: number): PageQuestion {
  const rows = { min: 0, max: Number.MAX_SAFE_INTEGER };
  return {
    type: 'page',
    query: readQuery(parameters),
    order: readChoice(parameters, 'order', ['newest', 'oldest']),
    afterRow: readWhole(parameters, 'after', 0, rows),
    beforeRow: readWhole(parameters, 'before', Infinity, rows),
    sinceMs: readTime(parameters, 'since', -Infinity, nowMs),
    untilMs: readTime(parameters, 'until', Infinity, nowMs),
    limit: readWhole(parameters, 'limit', DEFAULT_LIMIT, { min: 1, max: MAX_LIMIT }),
    form: readChoice(parameters, 'view', ['documents', 'rows']),
  };
}

/** The row that a list ends with, and whether more follows: the head of the answer tells it, before the rest of a long list is read. */
async function endOf(
  source: RecordSource,
  question: PageQuestion,
  first: Page,
  signal: AbortSignal,
): Promise<{ readonly row: number; readonly hasMore: boolean }> {
  let page = first;
  let records = page.records;
  while (page.state === 'cut') {
    page = await source.ask(
      { ...goingOn(question, page.row), limit: question.limit - records, form: 'none' },
      signal,
    );
    records += page.records;
  }
  return { row: page.row, hasMore: page.state === 'more' };
}

/** Asked for when the client has taken what came before: no more than one answer of the reader waits for a slow one. */
async function* lines(
  source: RecordSource,
  question: PageQuestion,
  first: Page,
  lastRow: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const within =
    question.order === 'newest'
      ? { ...question, afterRow: Math.max(question.afterRow, lastRow - 1) }
      : { ...question, beforeRow: Math.min(question.beforeRow, lastRow + 1) };
  let page = first;
  let records = page.records;
  yield Buffer.from(page.bytes);
  while (page.state === 'cut' && records < question.limit) {
    page = await source.ask({ ...goingOn(within, page.row), limit: question.limit - records }, signal);
    records += page.records;
    if (page.bytes.length > 0) yield Buffer.from(page.bytes);
  }
}

function goingOn(question: PageQuestion, row: number): PageQuestion {
  return question.order === 'newest' ? { ...question, beforeRow: row } : { ...question, afterRow: row };
}

/** The same list from there on, within the same times: what was relative to now is fixed. */
function nextTarget({ query }: AdminRequest, question: PageQuestion, row: number): string {
  const next = new URLSearchParams(query);
  if (Number.isFinite(question.sinceMs)) next.set('since', String(Math.max(0, Math.round(question.sinceMs))));
  if (Number.isFinite(question.untilMs)) next.set('until', String(Math.max(0, Math.round(question.untilMs))));
  next.set(question.order === 'newest' ? 'before' : 'after', String(row));
  return `${LIST_RECORDS.path}?${next}`;
}

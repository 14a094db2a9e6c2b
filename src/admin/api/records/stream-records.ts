import {
  type AdminRequest,
  type Endpoint,
  type EndpointDescription,
  JSON_TYPE,
  PROBLEM,
} from '../../endpoint.ts';
import type { Followed, FollowQuestion } from '../../record-reader/question.ts';
import { ReaderFault } from '../../record-reader/reader-fault.ts';
import { askingEndpoint, notNow, READING_PROBLEMS, type RecordSource } from './asking.ts';
import {
  QUERY_PARAMETER,
  readChoice,
  readQuery,
  readWhole,
  ROW_SCHEMA,
  VIEW_PARAMETER,
} from './record-parameters.ts';
import { DOCUMENT_SCHEMA, RECORD_ROW_SCHEMA, UNSENT_SCHEMA } from './record-row-schema.ts';

/** Streams at a time. */
const MAX_STREAMS = 32;
const MAX_SAMPLE = 100_000;
/** A stream in which nothing happens says so, so that whoever stands between does not take it for dead. */
const COMMENT_EVERY_MS = 15_000;
/** How long a client waits before it connects anew. */
const RETRY_MS = 1000;

const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

export const STREAM_RECORDS: EndpointDescription = {
  method: 'GET',
  path: '/api/records/stream',
  name: 'streamRecords',
  summary: 'Records as they are stored, as server-sent events.',
  description: `Events are \`record\` (a document or row), \`skipped\` (with \`sample\`: records that match and were left out) and \`expired\` (records that retention has forgotten before a slow client came to them), the latter two with \`{"count","fromRow","toRow"}\`. The id of an event is a row: whoever sends the last one as \`Last-Event-ID\` gets what follows it, nothing twice and nothing left out. A slow client is not buffered for: it gets the same later. At most ${MAX_STREAMS} streams are open at a time.`,
  parameters: [
    QUERY_PARAMETER,
    VIEW_PARAMETER,
    {
      name: 'after',
      in: 'query',
      description: 'The row after which it begins; without, it begins with the next record that is stored.',
      schema: ROW_SCHEMA,
    },
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The same, as browsers send it when they connect anew; counts more than `after`.',
      schema: ROW_SCHEMA,
    },
    {
      name: 'sample',
      in: 'query',
      description:
        'Records a second, at most; others are counted in events `skipped`. Gaps are sent always. Without it all records are sent.',
      schema: { type: 'integer', minimum: 1, maximum: MAX_SAMPLE },
    },
  ],
  answers: {
    200: {
      description: 'The stream; the schema is of the data of its events.',
      contentType: EVENT_STREAM_TYPE,
      schema: { anyOf: [DOCUMENT_SCHEMA, RECORD_ROW_SCHEMA, UNSENT_SCHEMA] },
    },
    ...READING_PROBLEMS,
    503: {
      ...READING_PROBLEMS['503']!,
      description: 'Too many streams are open, or the store cannot be read now.',
      contentType: JSON_TYPE,
      schema: PROBLEM,
    },
  },
};

/** `GET /api/records/stream` */
export function streamRecords(reader: RecordSource | null): Endpoint {
  let open = 0;
  return askingEndpoint(STREAM_RECORDS, reader, async (source, request) => {
    const { query, signal } = request;
    const question = {
      type: 'follow',
      query: readQuery(query),
      form: readChoice(query, 'view', ['documents', 'rows']),
    } as const;
    const perSecond = readWhole(query, 'sample', null, { min: 1, max: MAX_SAMPLE });
    const begun = readBegin(request);
    const newest = await source.ask({ type: 'newest' }, signal);
    if (open >= MAX_STREAMS)
      return notNow(`${MAX_STREAMS} streams are open: close one, or ask /api/records instead.`, 5);
    open++;
    // A row that is not given yet is of another store.
    const afterRow = begun === null || begun > newest ? newest : begun;
    return {
      status: 200,
      headers: { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store' },
      body: ended(events(source, question, afterRow, perSecond, signal), signal, () => open--),
    };
  });
}

function readBegin({ headers, query }: AdminRequest): number | null {
  const rows = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const last = headers['last-event-id'];
  return typeof last === 'string' && last !== ''
    ? readWhole(new URLSearchParams({ 'Last-Event-ID': last }), 'Last-Event-ID', null, rows)
    : readWhole(query, 'after', null, rows);
}

/** Asks for more when the client has taken what came before. */
async function* events(
  source: RecordSource,
  question: Pick<FollowQuestion, 'type' | 'query' | 'form'>,
  afterRow: number,
  perSecond: number | null,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const allowance = perSecond === null ? null : new Allowance(perSecond);
  let row = afterRow;
  // The id is there from the beginning, so that whoever is cut off before the first record does not lose any.
  yield Buffer.from(`retry: ${RETRY_MS}\nid: ${row}\n\n`);
  let lastMs = performance.now();
  for (;;) {
    const sample = allowance?.left() ?? null;
    const waitMs = Math.max(1, COMMENT_EVERY_MS - (performance.now() - lastMs));
    let next: Followed;
    try {
      next = await source.ask({ ...question, afterRow: row, sample, waitMs }, signal);
    } catch (error) {
      // Whoever reads it connects anew, and hears then what is wrong if it still is.
      if (error instanceof ReaderFault) return;
      throw error;
    }
    allowance?.use(next.records);
    row = next.row;
    if (next.bytes.length > 0) yield Buffer.from(next.bytes);
    else if (performance.now() - lastMs >= COMMENT_EVERY_MS) yield Buffer.from(`:\nid: ${row}\n\n`);
    else continue;
    lastMs = performance.now();
  }
}

/** So many a second; what is not used in one is not kept for later ones. */
class Allowance {
  readonly #perSecond: number;
  #left: number;
  #lastMs = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  left(): number {
    const nowMs = performance.now();
    this.#left = Math.min(this.#perSecond, this.#left + ((nowMs - this.#lastMs) / 1000) * this.#perSecond);
    this.#lastMs = nowMs;
    return Math.max(0, Math.floor(this.#left));
  }

  use(count: number): void {
    this.#left -= count;
  }
}

/** Calls `onEnd` once, however it ends: also where nobody ever asks for its first piece. */
function ended(
  pieces: AsyncGenerator<Buffer>,
  signal: AbortSignal,
  onEnd: () => void,
): AsyncIterable<Buffer> {
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', end);
    onEnd();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end);
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        try {
          const next = await pieces.next();
          if (next.done === true) end();
          return next;
        } catch (error) {
          end();
          throw error;
        }
      },
      return: async () => {
        end();
        return pieces.return(undefined);
      },
    }),
  };
}

import { type Endpoint, type EndpointDescription, json, JSON_TYPE } from '../../endpoint.ts';
import { askingEndpoint, READING_PROBLEMS, type RecordSource } from './asking.ts';
import {
  QUERY_PARAMETER,
  readQuery,
  readTime,
  readWhole,
  SINCE_PARAMETER,
  UNTIL_PARAMETER,
} from './record-parameters.ts';
import { RECORD_SUMMARY_SCHEMA } from './record-summary-schema.ts';

const DEFAULT_BUCKETS = 120;
const MIN_BUCKETS = 2;
const MAX_BUCKETS = 500;

export const SUMMARIZE_RECORDS: EndpointDescription = {
  method: 'GET',
  path: '/api/records/summary',
  name: 'summarizeRecords',
  summary: 'Counts over all records that match a query: by facets, and over time.',
  description:
    'Of each facet the ten most frequent values, with the term of a query that finds exactly these records. Latencies are off by 5 % at most. Of a very large store only the newest records are counted; `isComplete` tells.',
  parameters: [
    QUERY_PARAMETER,
    SINCE_PARAMETER,
    UNTIL_PARAMETER,
    {
      name: 'buckets',
      in: 'query',
      description: 'Of the histogram, at most: each is a step such as 1 s, 5 s or 1 min.',
      schema: { type: 'integer', minimum: MIN_BUCKETS, maximum: MAX_BUCKETS, default: DEFAULT_BUCKETS },
    },
  ],
  answers: {
    200: {
      description: 'The counts.',
      contentType: JSON_TYPE,
      schema: RECORD_SUMMARY_SCHEMA,
    },
    ...READING_PROBLEMS,
  },
};

/** `GET /api/records/summary` */
export function summarizeRecords(reader: RecordSource | null): Endpoint {
  return askingEndpoint(SUMMARIZE_RECORDS, reader, async (source, { query, signal }) => {
    const nowMs = Date.now();
    const summary = await source.ask(
      {
        type: 'summary',
        query: readQuery(query),
        sinceMs: readTime(query, 'since', -Infinity, nowMs),
        untilMs: readTime(query, 'until', Infinity, nowMs),
        buckets: readWhole(query, 'buckets', DEFAULT_BUCKETS, { min: MIN_BUCKETS, max: MAX_BUCKETS }),
      },
      signal,
    );
    return json(200, summary);
  });
}

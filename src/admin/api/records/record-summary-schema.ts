import type { Schema } from '../../endpoint.ts';
import { COUNT, listOf, NUMBER, NUMBER_OR_NULL, objectOf, TEXT, TIME_OR_NULL } from '../schemas.ts';

const FACETS = ['status', 'method', 'host', 'path', 'kind', 'mark'];

const facet = listOf(
  objectOf({
    value: TEXT,
    count: COUNT,
    query: { ...TEXT, description: 'The term of a query that finds it.' },
  }),
);

const duration: Schema = { ...NUMBER_OR_NULL, description: 'Nanoseconds; null without exchanges.' };

const bucket = objectOf({
  success: { ...COUNT, description: '2xx and 3xx.' },
  clientError: { ...COUNT, description: '4xx.' },
  serverError: { ...COUNT, description: '5xx and errors.' },
  missing: { ...COUNT, description: 'Records that gaps stand for.' },
  p50: duration,
  p95: duration,
  p99: duration,
});

/** Of `/api/records/summary`: RecordSummary. */
export const RECORD_SUMMARY_SCHEMA: Schema = objectOf({
  matching: COUNT,
  isComplete: {
    type: 'boolean',
    description: 'False where the store is too large: only records from `oldestMs` on are counted.',
  },
  oldestMs: TIME_OR_NULL,
  newestMs: TIME_OR_NULL,
  throughRow: { ...COUNT, description: 'The row up to which the store was read.' },
  facets: objectOf(Object.fromEntries(FACETS.map((name) => [name, facet]))),
  cutFacets: {
    ...listOf({ enum: FACETS }),
    description: 'Facets of which not all values are counted: a lower bound.',
  },
  histogram: objectOf({ startMs: NUMBER, stepMs: NUMBER, buckets: listOf(bucket) }),
});

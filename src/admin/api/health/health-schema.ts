import { HEALTH_SERIES } from '../../../telemetry/health-reading.ts';
import type { Schema } from '../../endpoint.ts';
import {
  BYTES,
  COUNT,
  listOf,
  NUMBER,
  NUMBER_OR_NULL,
  objectOf,
  orNull,
  TEXT,
  TIME_OR_NULL,
} from '../schemas.ts';

const sink = objectOf({
  name: TEXT,
  state: { type: 'string', enum: ['starting', 'running', 'backing-off', 'blocked', 'paused', 'stopped'] },
  isStarting: { type: 'boolean' },
  reason: { type: ['string', 'null'] },
  troubleSinceMs: TIME_OR_NULL,
  lastError: orNull(objectOf({ message: TEXT, atMs: NUMBER })),
  waitingBytes: BYTES,
  lagSeconds: NUMBER,
  requestsUnderWay: COUNT,
  delivered: COUNT,
  duplicates: COUNT,
  diverted: COUNT,
  retried: COUNT,
  deadLetters: COUNT,
  rejected: COUNT,
  givenUp: COUNT,
});

const thread = objectOf({
  name: TEXT,
  isAlive: { type: 'boolean' },
  loopDelay: orNull(objectOf({ p50Seconds: NUMBER, p99Seconds: NUMBER, maxSeconds: NUMBER })),
  busyShare: NUMBER_OR_NULL,
  heapBytes: BYTES,
  connections: NUMBER_OR_NULL,
  sessions: NUMBER_OR_NULL,
});

const history = objectOf({
  intervalMs: COUNT,
  timesMs: listOf(NUMBER),
  series: listOf(
    objectOf({
      name: {
        type: 'string',
        enum: Object.keys(HEALTH_SERIES),
        description: Object.entries(HEALTH_SERIES)
          .map(([name, { unit, meaning }]) => `${name} (${unit}): ${meaning}`)
          .join(' '),
      },
      of: { type: ['string', 'null'], description: 'The sink or thread; null for the gateway as a whole.' },
      values: {
        ...listOf(NUMBER_OR_NULL),
        description: 'One per time; null where nothing is known, so that a line has a hole there.',
      },
    }),
  ),
});

/** Of `/api/health`: HealthView. */
export const HEALTH_SCHEMA: Schema = objectOf({
  state: { type: 'string', enum: ['starting', 'running', 'idle', 'stopping'] },
  nowMs: NUMBER,
  startedMs: { ...NUMBER, description: 'Of the process; totals are since then.' },
  recording: { type: 'string', enum: ['on', 'off', 'none', 'unknown'] },
  reasons: { ...listOf(TEXT), description: 'Why no traffic should be sent here.' },
  warnings: { ...listOf(TEXT), description: 'What an operator should look at, though traffic goes on.' },
  sinks: listOf(sink),
  spool: orNull(objectOf({ usedBytes: BYTES, limitBytes: BYTES, giveUpBytes: BYTES })),
  memory: objectOf({
    rssBytes: NUMBER_OR_NULL,
    heapBytes: NUMBER_OR_NULL,
    captureUsedBytes: NUMBER_OR_NULL,
    captureLimitBytes: NUMBER_OR_NULL,
    deliveryUsedBytes: BYTES,
    deliveryLimitBytes: BYTES,
  }),
  threads: listOf(thread),
  totals: objectOf({
    requests: NUMBER_OR_NULL,
    errors: NUMBER_OR_NULL,
    clientErrors: NUMBER_OR_NULL,
    recordsAccepted: COUNT,
    recordsDegraded: COUNT,
    recordsDropped: { type: 'object', additionalProperties: COUNT, description: 'By reason.' },
    connectionsAccepted: COUNT,
    connectionsRefused: COUNT,
    deadLetterBytes: BYTES,
  }),
  history,
});

const attributes: Schema = { type: 'object', additionalProperties: TEXT };

/** Of `/api/metrics`: MetricsView. */
export const METRICS_SCHEMA: Schema = objectOf({
  metrics: listOf(
    objectOf({
      name: TEXT,
      kind: { type: 'string', enum: ['counter', 'gauge', 'histogram'] },
      unit: { ...TEXT, description: 'UCUM.' },
      description: TEXT,
      series: listOf({
        oneOf: [
          objectOf({ attributes, value: NUMBER }),
          objectOf({
            attributes,
            count: COUNT,
            sum: NUMBER,
            buckets: {
              ...listOf(objectOf({ atMost: NUMBER_OR_NULL, count: COUNT })),
              description: 'Not added up; atMost is null for what is above the last bound.',
            },
          }),
        ],
      }),
    }),
  ),
});

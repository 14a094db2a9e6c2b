import { HEALTH_SERIES } from '../../../telemetry/health-reading.ts';
import type { Schema } from '../../endpoint.ts';

/** All fields are there, and no others. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
}

const list = (items: Schema): Schema => ({ type: 'array', items });
const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const numberOrNull: Schema = { type: ['number', 'null'] };
const count: Schema = { type: 'integer', minimum: 0 };
const bytes: Schema = { type: 'number', minimum: 0 };
const timeOrNull: Schema = { type: ['number', 'null'], description: 'Milliseconds since the epoch.' };
const orNull = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });

const sink = object({
  name: text,
  state: { type: 'string', enum: ['starting', 'running', 'backing-off', 'blocked', 'paused', 'stopped'] },
  isStarting: { type: 'boolean' },
  reason: { type: ['string', 'null'] },
  troubleSinceMs: timeOrNull,
  lastError: orNull(object({ message: text, atMs: number })),
  waitingBytes: bytes,
  lagSeconds: number,
  requestsUnderWay: count,
  delivered: count,
  duplicates: count,
  diverted: count,
  retried: count,
  deadLetters: count,
  rejected: count,
  givenUp: count,
});

const thread = object({
  name: text,
  isAlive: { type: 'boolean' },
  loopDelay: orNull(object({ p50Seconds: number, p99Seconds: number, maxSeconds: number })),
  busyShare: numberOrNull,
  heapBytes: bytes,
  connections: numberOrNull,
  sessions: numberOrNull,
});

const history = object({
  intervalMs: count,
  timesMs: list(number),
  series: list(
    object({
      name: {
        type: 'string',
        enum: Object.keys(HEALTH_SERIES),
        description: Object.entries(HEALTH_SERIES)
          .map(([name, { unit, meaning }]) => `${name} (${unit}): ${meaning}`)
          .join(' '),
      },
      of: { type: ['string', 'null'], description: 'The sink or thread; null for the gateway as a whole.' },
      values: {
        ...list(numberOrNull),
        description: 'One per time; null where nothing is known, so that a line has a hole there.',
      },
    }),
  ),
});

/** Of `/api/health`: HealthView. */
export const HEALTH_SCHEMA: Schema = object({
  state: { type: 'string', enum: ['starting', 'running', 'idle', 'stopping'] },
  nowMs: number,
  startedMs: { ...number, description: 'Of the process; totals are since then.' },
  recording: { type: 'string', enum: ['on', 'off', 'none', 'unknown'] },
  reasons: { ...list(text), description: 'Why no traffic should be sent here.' },
  warnings: { ...list(text), description: 'What an operator should look at, though traffic goes on.' },
  sinks: list(sink),
  spool: orNull(object({ usedBytes: bytes, limitBytes: bytes, giveUpBytes: bytes })),
  memory: object({
    rssBytes: numberOrNull,
    heapBytes: numberOrNull,
    captureUsedBytes: numberOrNull,
    captureLimitBytes: numberOrNull,
    deliveryUsedBytes: bytes,
    deliveryLimitBytes: bytes,
  }),
  threads: list(thread),
  totals: object({
    requests: numberOrNull,
    errors: numberOrNull,
    clientErrors: numberOrNull,
    recordsAccepted: count,
    recordsDegraded: count,
    recordsDropped: { type: 'object', additionalProperties: count, description: 'By reason.' },
    connectionsAccepted: count,
    connectionsRefused: count,
    deadLetterBytes: bytes,
  }),
  history,
});

const attributes: Schema = { type: 'object', additionalProperties: text };

/** Of `/api/metrics`: MetricsView. */
export const METRICS_SCHEMA: Schema = object({
  metrics: list(
    object({
      name: text,
      kind: { type: 'string', enum: ['counter', 'gauge', 'histogram'] },
      unit: { ...text, description: 'UCUM.' },
      description: text,
      series: list({
        oneOf: [
          object({ attributes, value: number }),
          object({
            attributes,
            count,
            sum: number,
            buckets: {
              ...list(object({ atMost: numberOrNull, count })),
              description: 'Not added up; atMost is null for what is above the last bound.',
            },
          }),
        ],
      }),
    }),
  ),
});

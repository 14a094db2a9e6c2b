import { Ajv2020 as Ajv } from 'ajv/dist/2020.js';

/** What must be there, and of which type (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/). */
const SCHEMA = {
  type: 'object',
  required: ['log'],
  properties: {
    log: {
      type: 'object',
      required: ['version', 'creator', 'entries'],
      properties: {
        version: { const: '1.2' },
        creator: {
          type: 'object',
          required: ['name', 'version'],
          properties: { name: { type: 'string' }, version: { type: 'string' } },
        },
        entries: { type: 'array', items: { $ref: '#/$defs/entry' } },
      },
    },
  },
  $defs: {
    size: { type: 'integer', minimum: -1 },
    comment: { type: 'string' },
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'value'],
        properties: {
          name: { type: 'string' },
          value: { type: 'string' },
          path: { type: 'string' },
          domain: { type: 'string' },
          expires: { $ref: '#/$defs/time' },
          httpOnly: { type: 'boolean' },
          secure: { type: 'boolean' },
        },
        additionalProperties: false,
      },
    },
    time: { type: 'string', pattern: String.raw`^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$` },
    message: {
      type: 'object',
      required: ['httpVersion', 'cookies', 'headers', 'headersSize', 'bodySize'],
      properties: {
        httpVersion: { type: 'string' },
        cookies: { $ref: '#/$defs/pairs' },
        headers: { $ref: '#/$defs/pairs' },
        headersSize: { $ref: '#/$defs/size' },
        bodySize: { $ref: '#/$defs/size' },
        comment: { $ref: '#/$defs/comment' },
      },
    },
    entry: {
      type: 'object',
      required: ['startedDateTime', 'time', 'request', 'response', 'cache', 'timings'],
      properties: {
        startedDateTime: { $ref: '#/$defs/time' },
        time: { type: 'number', minimum: 0 },
        request: {
          allOf: [{ $ref: '#/$defs/message' }],
          required: ['method', 'url', 'queryString'],
          properties: {
            method: { type: 'string' },
            url: { type: 'string' },
            queryString: { $ref: '#/$defs/pairs' },
            postData: {
              type: 'object',
              required: ['mimeType', 'text'],
              properties: { mimeType: { type: 'string' }, text: { type: 'string' } },
            },
          },
        },
        response: {
          allOf: [{ $ref: '#/$defs/message' }],
          required: ['status', 'statusText', 'content', 'redirectURL'],
          properties: {
            status: { type: 'integer', minimum: 0 },
            statusText: { type: 'string' },
            redirectURL: { type: 'string' },
            content: {
              type: 'object',
              required: ['size', 'mimeType'],
              properties: {
                size: { $ref: '#/$defs/size' },
                mimeType: { type: 'string' },
                text: { type: 'string' },
                comment: { $ref: '#/$defs/comment' },
              },
            },
          },
        },
        cache: { type: 'object' },
        timings: {
          type: 'object',
          required: ['send', 'wait', 'receive'],
          properties: {
            blocked: { type: 'number', minimum: -1 },
            dns: { type: 'number', minimum: -1 },
            connect: { type: 'number', minimum: -1 },
            ssl: { type: 'number', minimum: -1 },
            // These may not be left out, and -1 is not for them.
            send: { type: 'number', minimum: 0 },
            wait: { type: 'number', minimum: 0 },
            receive: { type: 'number', minimum: 0 },
          },
        },
        serverIPAddress: { type: 'string' },
        connection: { type: 'string' },
      },
    },
  },
};

interface HarEntry {
  readonly time: number;
  readonly timings: Readonly<Record<string, number | string>>;
}

const isOfTheFormat = new Ajv({ strict: false, allErrors: true }).compile(SCHEMA);

/** What is wrong with an archive: members that are missing or of another type, times that do not add up. */
export function harFaults(har: unknown): string[] {
  if (!isOfTheFormat(har))
    return (isOfTheFormat.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const { entries } = (har as { readonly log: { readonly entries: readonly HarEntry[] } }).log;
  return entries.flatMap(({ time, timings }) => {
    // `ssl` is a part of `connect`; -1 is not known.
    const sum = ['blocked', 'dns', 'connect', 'send', 'wait', 'receive']
      .map((name) => timings[name] as number)
      .filter((ms) => ms > 0)
      .reduce((total, ms) => total + ms, 0);
    return Math.abs(sum - time) <= 1e-6 * Math.max(1, time) ? [] : [`time ${time} is not the sum ${sum}`];
  });
}

import type { ServerFeatures } from './server.ts';

/** A field, or an object of fields, as a mapping has it. */
export type FieldMapping = Readonly<Record<string, unknown>>;

/** Longest strings that are indexed whole; 8191 characters are at most 32764 bytes, and a term takes 32766. */
const MAX_KEYWORD = 1024;
const MAX_TERM = 8191;

const keyword: FieldMapping = { type: 'keyword', ignore_above: MAX_KEYWORD };
const long: FieldMapping = { type: 'long' };
const integer: FieldMapping = { type: 'integer' };
const boolean: FieldMapping = { type: 'boolean' };
const date: FieldMapping = { type: 'date' };
const text: FieldMapping = { type: 'match_only_text' };
/** Bodies and URLs: found by any part of them and by words. */
const wildcard: FieldMapping = { type: 'wildcard', ignore_above: MAX_TERM, fields: { text } };
const ip: FieldMapping = { type: 'ip', ignore_malformed: true };

/**
 * The fields of a record (`src/records/ecs`) after ECS. `dynamic: false`: what is not here is kept and not indexed, so no request can
 * add fields to the index; headers are one field.
 */
export function recordMappings(has: ServerFeatures, dataset: string): FieldMapping {
  const headers: FieldMapping = has.elasticTypes
    ? { type: 'flattened', ignore_above: MAX_KEYWORD }
    : { type: 'flat_object' };
  const constant = (value: string | null): FieldMapping =>
    has.elasticTypes
      ? { type: 'constant_keyword', ...(value === null ? {} : { value }) }
      : value === null
        ? keyword
        : { type: 'constant_keyword', value };
  const endpoint = object({ address: keyword, ip, port: long, bytes: long });
  const marks = object({
    truncated: boolean,
    cut_for_sink: boolean,
    dropped: keyword,
    hash: keyword,
    decode_error: keyword,
    redacted: long,
  });
  return {
    dynamic: false,
    properties: {
      '@timestamp': date,
      ecs: object({ version: keyword }),
      event: object({
        id: keyword,
        kind: keyword,
        category: keyword,
        type: keyword,
        outcome: keyword,
        dataset: keyword,
        duration: long,
        start: date,
        end: date,
        created: date,
        ingested: date,
        sequence: long,
      }),
      data_stream: object({
        type: constant('logs'),
        dataset: constant(dataset),
        namespace: constant(null),
      }),
      http: object({
        version: keyword,
        request: object({
          id: keyword,
          method: keyword,
          mime_type: keyword,
          referrer: keyword,
          bytes: long,
          body: object({ bytes: long, content: wildcard }),
          headers,
        }),
        response: object({
          status_code: long,
          mime_type: keyword,
          bytes: long,
          body: object({ bytes: long, content: wildcard }),
          headers,
        }),
      }),
      url: object({
        original: wildcard,
        full: wildcard,
        scheme: keyword,
        domain: keyword,
        port: long,
        path: { type: 'wildcard', ignore_above: MAX_TERM },
        query: { type: 'keyword', ignore_above: 2083 },
        fragment: keyword,
      }),
      trace: object({ id: keyword }),
      span: object({ id: keyword }),
      parent: object({ id: keyword }),
      error: object({ type: keyword, message: text }),
      user_agent: object({ original: { ...keyword, fields: { text } } }),
      client: endpoint,
      source: endpoint,
      server: endpoint,
      destination: endpoint,
      network: object({ protocol: keyword, transport: keyword, forwarded_ip: ip }),
      service: object({ name: keyword }),
      observer: object({ name: keyword, type: keyword, vendor: keyword, version: keyword }),
      host: object({ name: keyword }),
      tapline: object({
        run: object({ id: keyword }),
        thread: integer,
        kind: keyword,
        connection: object({ id: long }),
        request: object({ body: marks, last_byte: long }),
        response: object({ body: marks, first_byte: long, interim: integer, from_gateway: boolean }),
        refused: object({ head: text, bytes: long, truncated: boolean }),
        redacted: long,
        rule: keyword,
        capture: keyword,
        client: object({ from: keyword, malformed: boolean, conflict: boolean }),
        injected: object({ headers, removed: keyword }),
        summary: object({
          count: long,
          source_bytes: long,
          destination_bytes: long,
          duration: long,
          status: object(
            Object.fromEntries(['1xx', '2xx', '3xx', '4xx', '5xx', 'none'].map((status) => [status, long])),
          ),
        }),
        gap: object({
          from: long,
          to: long,
          count: long,
          reason: keyword,
          source_bytes: long,
          destination_bytes: long,
        }),
      }),
    },
  };
}

function object(properties: Readonly<Record<string, FieldMapping>>): FieldMapping {
  return { properties };
}

import type { EcsDocument } from '../../src/records/ecs-document.ts';
import { KNOWN_METHODS } from '../../src/records/otlp/http-attributes.ts';
import type { OtlpMapping } from '../../src/records/as-otlp.ts';

const EXCHANGE: EcsDocument = {
  '@timestamp': '2026-11-25T12:00:00.250Z',
  event: {
    id: '01938f2a-7c3b-7d11-9e55-0123456789ab',
    sequence: 17,
    outcome: 'success',
    duration: 1_500_000_123,
    start: '2026-11-25T12:00:00.250Z',
    end: '2026-11-25T12:00:01.750Z',
  },
  http: {
    version: '1.1',
    request: {
      method: 'POST',
      bytes: 300,
      body: { bytes: 14, content: '{"name":"tea"}' },
      headers: {
        host: 'shop.test:8080',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
        tracestate: 'vendor=1',
        accept: ['text/html', 'text/plain'],
      },
    },
    response: {
      status_code: 201,
      bytes: 250,
      body: { bytes: 9, content: 'brewed' },
      headers: { 'content-type': 'text/plain', 'set-cookie': '[REDACTED]' },
    },
  },
  url: { scheme: 'http', domain: 'shop.test', port: 8080, path: '/tea', query: 'hot=1' },
  trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736' },
  span: { id: '00f067aa0ba902b7' },
  user_agent: { original: 'curl/8' },
  client: { address: '192.0.2.7', port: 50_000 },
  source: { address: '127.0.0.1', port: 40_000 },
  server: { address: '127.0.0.1', port: 3000 },
  network: { protocol: 'http' },
  tapline: {
    run: { id: 'run-1' },
    thread: 0,
    kind: 'exchange',
    connection: { id: 5 },
    request: { body: { truncated: false }, last_byte: 400_000 },
    response: { body: { truncated: true }, first_byte: 900_000 },
  },
};

/** One document of every kind, as `src/records/ecs` writes them. */
export const DOCUMENTS = {
  exchange: EXCHANGE,
  refusal: {
    '@timestamp': '2026-11-25T12:00:00.000Z',
    event: { id: '01938f2a-7c3b-7d11-9e55-0123456789ac', sequence: 18, outcome: 'failure', duration: 5000 },
    http: {
      request: { bytes: 10, body: { bytes: 0 } },
      response: { status_code: 400, bytes: 90, body: { bytes: 0 } },
    },
    error: { type: 'bad-request', message: 'no method' },
    client: { address: '', port: 0 },
    network: { protocol: 'http' },
    tapline: {
      run: { id: 'run-1' },
      thread: 0,
      kind: 'refusal',
      connection: { id: 6 },
      response: { from_gateway: true },
    },
  },
  tunnel: {
    '@timestamp': '2026-11-25T12:00:00.000Z',
    event: { id: '01938f2a-7c3b-7d11-9e55-0123456789ad', sequence: 19, outcome: 'success', duration: 5e9 },
    http: {
      version: '1.1',
      request: { method: 'GET', bytes: 5000, body: { bytes: 0 } },
      response: { status_code: 101, bytes: 7000, body: { bytes: 0 } },
    },
    url: { scheme: 'https', domain: 'chat.test', path: '/ws' },
    client: { address: '::1', port: 7 },
    network: { protocol: 'http' },
    tapline: { run: { id: 'run-1' }, thread: 1, kind: 'tunnel', connection: { id: 7 } },
  },
  broken: {
    '@timestamp': '2026-11-25T12:00:00.000Z',
    event: { id: '01938f2a-7c3b-7d11-9e55-0123456789ae', sequence: 20, outcome: 'failure', duration: 0 },
    http: { request: { bytes: 3, body: { bytes: 0 } }, response: { bytes: 0, body: { bytes: 0 } } },
    error: { type: 'client-closed', message: 'the client closed the connection' },
    client: { address: '127.0.0.1', port: 7 },
    network: { protocol: 'http' },
    tapline: { run: { id: 'run-1' }, thread: 1, kind: 'broken', connection: { id: 8 } },
  },
  summary: {
    '@timestamp': '2026-11-25T12:00:05.000Z',
    event: {
      id: '01938f2a-7c3b-7d11-9e55-0123456789b0',
      sequence: 22,
      start: '2026-11-25T12:00:00.500Z',
      end: '2026-11-25T12:00:04.000Z',
    },
    tapline: {
      run: { id: 'run-1' },
      thread: 1,
      kind: 'summary',
      rule: 'health',
      capture: 'count',
      summary: {
        count: 9,
        source_bytes: 900,
        destination_bytes: 1800,
        duration: 5_000_000,
        status: { '2xx': 8, none: 1 },
      },
    },
  },
  gap: {
    '@timestamp': '2026-11-25T12:00:00.000Z',
    event: { id: '01938f2a-7c3b-7d11-9e55-0123456789af', sequence: 21, outcome: 'failure' },
    error: { type: 'records-lost-spool-full', message: '4 records are lost: spool-full' },
    tapline: {
      run: { id: 'run-1' },
      thread: 1,
      kind: 'gap',
      gap: { from: 21, to: 24, count: 4, reason: 'spool-full', source_bytes: 100, destination_bytes: 200 },
    },
  },
} satisfies Record<string, EcsDocument>;

export function mappingOf(more: Partial<OtlpMapping> = {}): OtlpMapping {
  return {
    resource: { attributes: { 'service.name': 'shop' } } as unknown as OtlpMapping['resource'],
    scope: { name: 'tapline', version: '1.2.3' },
    limits: { maxValueLength: Number.POSITIVE_INFINITY, maxCount: 128 },
    knownMethods: KNOWN_METHODS,
    requestHeaders: new Set(),
    responseHeaders: new Set(),
    hasBodies: false,
    ...more,
  };
}

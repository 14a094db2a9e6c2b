import test from 'ava';
import { otlpLogOf, otlpSpanOf } from '../../src/records/as-otlp.ts';
import type { EcsDocument } from '../../src/records/ecs-document.ts';
import { spanIdOf } from '../../src/records/otlp/trace-context.ts';
import { DOCUMENTS, mappingOf } from '../support/otlp-documents.ts';

const SHARED_ATTRIBUTES = {
  'tapline.run.id': 'run-1',
  'tapline.thread': 0,
  'tapline.sequence': 17,
  'tapline.kind': 'exchange',
  'http.request.method': 'POST',
  'url.path': '/tea',
  'url.scheme': 'http',
  'url.query': 'hot=1',
  'http.response.status_code': 201,
  'network.protocol.name': 'http',
  'network.protocol.version': '1.1',
  'client.address': '192.0.2.7',
  'network.peer.address': '127.0.0.1',
  'network.peer.port': 40_000,
  'server.address': 'shop.test',
  'server.port': 8080,
  'user_agent.original': 'curl/8',
  'http.request.body.size': 14,
  'http.response.body.size': 9,
  'http.request.size': 300,
  'http.response.size': 250,
  'tapline.connection.id': 5,
  'tapline.upstream': '127.0.0.1:3000',
  'tapline.request.last_byte': 400_000,
  'tapline.response.first_byte': 900_000,
};
const START = [1_795_608_000, 250_000_000];
const END = [1_795_608_001, 750_000_123];

test('an exchange as a log record', (t) => {
  const mapping = mappingOf();
  t.deepEqual(otlpLogOf(DOCUMENTS.exchange, mapping), {
    hrTime: START,
    hrTimeObserved: END,
    severityNumber: 9,
    severityText: 'INFO',
    body: 'POST /tea 201',
    eventName: 'tapline.http.exchange',
    resource: mapping.resource,
    instrumentationScope: { name: 'tapline', version: '1.2.3' },
    attributes: { 'log.record.uid': DOCUMENTS.exchange.event.id, ...SHARED_ATTRIBUTES },
    droppedAttributesCount: 0,
    spanContext: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '9e550123456789ab', traceFlags: 1 },
  } as never);
});

test('an exchange as a server span: the child of its caller', (t) => {
  const mapping = mappingOf({ hasBodies: true });
  const { spanContext, ...span } = otlpSpanOf(DOCUMENTS.exchange, mapping)!;
  t.deepEqual(span as unknown, {
    name: 'POST',
    kind: 1,
    parentSpanContext: {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      traceFlags: 1,
      isRemote: true,
    },
    startTime: START,
    endTime: END,
    status: { code: 0 },
    attributes: { 'tapline.record.id': DOCUMENTS.exchange.event.id, ...SHARED_ATTRIBUTES },
    links: [],
    events: [],
    duration: [1, 500_000_123],
    ended: true,
    resource: mapping.resource,
    instrumentationScope: mapping.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
  const { traceState, ...context } = spanContext();
  t.deepEqual(context, {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '9e550123456789ab',
    traceFlags: 1,
  });
  t.is(traceState!.serialize(), 'vendor=1');
});

test('log record and span of an exchange have the same ids, at every try', (t) => {
  for (const [name, document] of Object.entries<EcsDocument>(DOCUMENTS)) {
    if (name === 'gap' || name === 'summary') continue;
    const log = otlpLogOf(document, mappingOf()).spanContext!;
    for (let tries = 0; tries < 2; tries++) {
      const span = otlpSpanOf(document, mappingOf())!.spanContext();
      t.is(span.spanId, log.spanId, name);
      t.is(span.traceId, log.traceId, name);
    }
  }
});

test('without a traceparent a record is the root of a trace of its own, known by its id', (t) => {
  const span = otlpSpanOf(DOCUMENTS.tunnel, mappingOf())!;
  t.is(span.parentSpanContext, undefined);
  t.is(span.spanContext().traceId, '01938f2a7c3b7d119e550123456789ad');
  t.is(span.spanContext().spanId, '9e550123456789ad');
});

test('the span that the server was told of is the span of the record', (t) => {
  const { tapline } = DOCUMENTS.exchange;
  const told: EcsDocument = {
    ...DOCUMENTS.exchange,
    span: { id: 'aaaaaaaaaaaaaaaa' },
    parent: { id: '00f067aa0ba902b7' },
    tapline: { ...tapline, injected: { headers: { traceparent: '00-…' } } },
  };
  t.is(spanIdOf(told), 'aaaaaaaaaaaaaaaa');
  t.is(otlpLogOf(told, mappingOf()).spanContext!.spanId, 'aaaaaaaaaaaaaaaa');
  t.is(otlpSpanOf(told, mappingOf())!.parentSpanContext!.spanId, '00f067aa0ba902b7');
  // The request brought none: a root, in the trace that the server was told.
  const { parent: _, ...root } = told;
  t.is(otlpSpanOf(root, mappingOf())!.parentSpanContext, undefined);
  t.is(otlpSpanOf(root, mappingOf())!.spanContext().traceId, '4bf92f3577b34da6a3ce929d0e0e4736');
  // Something else was injected: the span is the caller's.
  const other = { ...DOCUMENTS.exchange, tapline: { ...tapline, injected: { headers: { forwarded: 'x' } } } };
  t.is(otlpSpanOf(other, mappingOf())!.parentSpanContext!.spanId, '00f067aa0ba902b7');
});

test('a tracestate that no receiver would read is left out', (t) => {
  for (const tracestate of ['[REDACTED]', 'a=é', `a=${'x'.repeat(600)}`, '']) {
    const document: EcsDocument = {
      ...DOCUMENTS.exchange,
      http: { request: { headers: { tracestate } } },
    };
    t.is(otlpSpanOf(document, mappingOf())!.spanContext().traceState, undefined);
  }
  const twice: EcsDocument = {
    ...DOCUMENTS.exchange,
    http: { request: { headers: { tracestate: ['a=1', 'b=2'] } } },
  };
  t.is(otlpSpanOf(twice, mappingOf())!.spanContext().traceState!.serialize(), 'a=1,b=2');
});

test('the kinds of records: text, severity, span name and status', (t) => {
  const told = Object.entries<EcsDocument>(DOCUMENTS).map(([name, document]) => {
    const log = otlpLogOf(document, mappingOf());
    const span = otlpSpanOf(document, mappingOf());
    return [name, log.severityText, log.eventName, log.body, span?.name, span?.status];
  });
  t.deepEqual(told, [
    ['exchange', 'INFO', 'tapline.http.exchange', 'POST /tea 201', 'POST', { code: 0 }],
    ['refusal', 'WARN', 'tapline.http.exchange', 'HTTP 400', 'HTTP', { code: 0 }],
    ['tunnel', 'INFO', 'tapline.http.exchange', 'GET /ws 101', 'GET', { code: 0 }],
    [
      'broken',
      'WARN',
      'tapline.http.exchange',
      'HTTP client-closed',
      'HTTP',
      { code: 2, message: 'the client closed the connection' },
    ],
    ['summary', 'INFO', 'tapline.summary', '9 exchanges have no record by rule health', undefined, undefined],
    [
      'gap',
      'ERROR',
      'tapline.gap',
      '4 records are lost, sequence 21 to 24: spool-full',
      undefined,
      undefined,
    ],
  ]);
});

test('a gap says what is missing', (t) => {
  t.deepEqual(otlpLogOf(DOCUMENTS.gap, mappingOf()).attributes as unknown, {
    'log.record.uid': DOCUMENTS.gap.event.id,
    'tapline.run.id': 'run-1',
    'tapline.thread': 1,
    'tapline.sequence': 21,
    'tapline.kind': 'gap',
    'error.type': 'records-lost-spool-full',
    'tapline.gap.from': 21,
    'tapline.gap.to': 24,
    'tapline.gap.count': 4,
    'tapline.gap.reason': 'spool-full',
    'tapline.gap.source_bytes': 100,
    'tapline.gap.destination_bytes': 200,
  });
});

test('a summary says what a rule left out', (t) => {
  const log = otlpLogOf(DOCUMENTS.summary, mappingOf());
  t.deepEqual(log.attributes as unknown, {
    'log.record.uid': DOCUMENTS.summary.event.id,
    'tapline.run.id': 'run-1',
    'tapline.thread': 1,
    'tapline.sequence': 22,
    'tapline.kind': 'summary',
    'tapline.rule': 'health',
    'tapline.capture': 'count',
    'tapline.summary.count': 9,
    'tapline.summary.source_bytes': 900,
    'tapline.summary.destination_bytes': 1800,
    'tapline.summary.duration': 5_000_000,
    'tapline.summary.status.2xx': 8,
    'tapline.summary.status.none': 1,
  });
  t.deepEqual(log.hrTime, [1_795_608_000, 500_000_000]);
  t.deepEqual(log.hrTimeObserved, [1_795_608_004, 0]);
});

/** The exchange with another status, error or outcome. */
function answered(status: number | undefined, error?: { type: string; message: string }): EcsDocument {
  const isFailure = error !== undefined || (status ?? 0) >= 500;
  return {
    ...DOCUMENTS.exchange,
    event: { ...DOCUMENTS.exchange.event, outcome: isFailure ? 'failure' : 'success' },
    http: {
      ...DOCUMENTS.exchange.http,
      response: status === undefined ? {} : { status_code: status },
    },
    ...(error === undefined ? {} : { error }),
  };
}

test('severity, status and error.type by answer', (t) => {
  const cut = { type: 'upstream-closed', message: 'cut' };
  const rows = [
    [answered(204), 'INFO', { code: 0 }, undefined],
    [answered(302), 'INFO', { code: 0 }, undefined],
    [answered(404), 'WARN', { code: 0 }, undefined],
    [answered(400, { type: 'bad', message: 'x' }), 'WARN', { code: 0 }, 'bad'],
    [answered(500), 'ERROR', { code: 2 }, '500'],
    [answered(504, { type: 'timeout', message: 'x' }), 'ERROR', { code: 2 }, 'timeout'],
    [answered(200, cut), 'ERROR', { code: 2, message: 'cut' }, 'upstream-closed'],
    [answered(undefined, cut), 'ERROR', { code: 2, message: 'cut' }, 'upstream-closed'],
  ] as const;
  for (const [document, severity, status, errorType] of rows) {
    const log = otlpLogOf(document, mappingOf());
    const span = otlpSpanOf(document, mappingOf())!;
    t.is(log.severityText, severity);
    t.deepEqual(span.status as unknown, status);
    t.is(log.attributes['error.type'], errorType);
    t.is(span.attributes['error.type'], errorType);
  }
});

test('methods that are not known are _OTHER, with the original beside it', (t) => {
  const document = { ...DOCUMENTS.exchange, http: { request: { method: 'get' } } };
  const log = otlpLogOf(document, mappingOf());
  t.is(log.attributes['http.request.method'], '_OTHER');
  t.is(log.attributes['http.request.method_original'], 'get');
  t.is(otlpSpanOf(document, mappingOf())!.name, 'HTTP');
  const known = mappingOf({ knownMethods: new Set(['get']) });
  t.is(otlpLogOf(document, known).attributes['http.request.method'], 'get');
  t.is(otlpLogOf(document, known).attributes['http.request.method_original'], undefined);
});

test('bodies are in log records where they are asked for, with the marks of what is not shown', (t) => {
  const { attributes } = otlpLogOf(DOCUMENTS.exchange, mappingOf({ hasBodies: true }));
  t.is(attributes['http.request.body.content'], '{"name":"tea"}');
  t.is(attributes['tapline.request.body.truncated'], undefined);
  t.is(attributes['http.response.body.content'], 'brewed');
  t.is(attributes['tapline.response.body.truncated'], true);
  const binary = otlpLogOf(
    {
      ...DOCUMENTS.exchange,
      http: { request: { body: { bytes: 5 } } },
      tapline: { kind: 'exchange', request: { body: { hash: 'hmac-sha256:00', dropped: 'capture-limit' } } },
    },
    mappingOf({ hasBodies: true }),
  ).attributes;
  t.is(binary['http.request.body.content'], undefined);
  t.is(binary['tapline.request.body.hash'], 'hmac-sha256:00');
  t.is(binary['tapline.request.body.dropped'], 'capture-limit');
});

test('headers are lists of strings, and only those that are named', (t) => {
  const named = mappingOf({ requestHeaders: new Set(['accept', 'host', 'absent']) });
  const { attributes } = otlpLogOf(DOCUMENTS.exchange, named);
  t.deepEqual(attributes['http.request.header.accept'], ['text/html', 'text/plain']);
  t.deepEqual(attributes['http.request.header.host'], ['shop.test:8080']);
  t.deepEqual(
    Object.keys(attributes).filter((name) => name.includes('.header.')),
    ['http.request.header.host', 'http.request.header.accept'],
  );
  const all = otlpSpanOf(DOCUMENTS.exchange, mappingOf({ responseHeaders: 'all' }))!.attributes;
  t.deepEqual(all['http.response.header.set-cookie'], ['[REDACTED]']);
});

test('values are cut at their limit, by characters, and the mark of a body says so', (t) => {
  const limits = { maxValueLength: 3, maxCount: 128 };
  const document: EcsDocument = {
    ...DOCUMENTS.exchange,
    http: { request: { method: 'GET', body: { content: 'a😀b😀' }, headers: { accept: ['abcdef', 'a'] } } },
  };
  const { attributes, droppedAttributesCount } = otlpLogOf(
    document,
    mappingOf({ limits, hasBodies: true, requestHeaders: 'all' }),
  );
  t.is(attributes['http.request.body.content'], 'a😀b');
  t.is(attributes['tapline.request.body.truncated'], true);
  t.deepEqual(attributes['http.request.header.accept'], ['abc', 'a']);
  t.is(attributes['tapline.sequence'], 17);
  t.is(droppedAttributesCount, 0);
});

test('attributes beyond their number are left out and counted; what counts records goes last', (t) => {
  const limits = { maxValueLength: Number.POSITIVE_INFINITY, maxCount: 6 };
  const log = otlpLogOf(DOCUMENTS.exchange, mappingOf({ limits }));
  t.deepEqual(Object.keys(log.attributes), [
    'log.record.uid',
    'tapline.run.id',
    'tapline.thread',
    'tapline.sequence',
    'tapline.kind',
    'http.request.method',
  ]);
  const all = Object.keys(SHARED_ATTRIBUTES).length + 1;
  t.is(log.droppedAttributesCount, all - 6);
  t.is(otlpSpanOf(DOCUMENTS.exchange, mappingOf({ limits }))!.droppedAttributesCount, all - 6);
});

test('a long path is whole in its attribute and short in the text', (t) => {
  const path = `/${'x'.repeat(1000)}`;
  const log = otlpLogOf({ ...DOCUMENTS.exchange, url: { path } }, mappingOf());
  t.is(log.attributes['url.path'], path);
  t.is((log.body as string).length, 'POST  201'.length + 257);
});

import { randomBytes } from 'node:crypto';
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import test from 'ava';
import fc from 'fast-check';
import { RequestHead, ResponseHead } from '../../../src/codecs/http1/head.ts';
import { ByteBudget } from '../../../src/records/byte-budget.ts';
import { type OtlpMapping, otlpLogOf, otlpSpanOf } from '../../../src/records/as-otlp.ts';
import type { EcsDocument } from '../../../src/records/ecs-document.ts';
import type { RecordDocument } from '../../../src/records/record-document.ts';
import { Recorder } from '../../../src/records/recorder.ts';
import { loadEncoder } from '../../../src/sinks/otlp/encoder.ts';
import type { OtlpProtocol, OtlpSignal } from '../../../src/sinks/otlp/target.ts';
import { attributesOf, decodeLogs, decodeTraces, itemsOf } from '../../support/otlp-decode.ts';
import { DOCUMENTS, mappingOf } from '../../support/otlp-documents.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- JSON of a foreign format */

const ALL = mappingOf({ hasBodies: true, requestHeaders: 'all', responseHeaders: 'all' });

/** A request as both encodings say it, in one form: numbers of 64 bits are text, what is empty or a default is left out. */
async function bothForms(
  signal: OtlpSignal,
  documents: EcsDocument[],
  mapping = ALL,
): Promise<{ protobuf: any; json: any }> {
  const encode = async (protocol: OtlpProtocol): Promise<Uint8Array> => {
    const encoder = await loadEncoder(signal, protocol, mapping);
    const request = encoder.request(0);
    for (const document of documents) request.add(document);
    return request.finish();
  };
  const [protobuf, json] = [await encode('http/protobuf'), await encode('http/json')];
  const decode = signal === 'logs' ? decodeLogs : decodeTraces;
  return {
    protobuf: plain(decode(Buffer.from(protobuf))),
    json: plain(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))),
  };
}

function plain(value: any, name = ''): any {
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value === 'number') return name === 'intValue' || name.endsWith('Nano') ? String(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, plain(each, key)])
      .filter(
        ([key, each]) =>
          key === 'intValue' || key === 'boolValue' || key === 'stringValue' || !isDefault(each),
      ),
  );
}

function isDefault(value: unknown): boolean {
  return value === 0 || value === '' || value === undefined || (Array.isArray(value) && value.length === 0);
}

test('every kind of record says the same in both encodings', async (t) => {
  const documents = Object.values(DOCUMENTS);
  const logs = await bothForms('logs', documents);
  t.deepEqual(logs.protobuf, logs.json);
  t.is(itemsOf(logs.json).length, documents.length);
  const traces = await bothForms('traces', documents);
  t.deepEqual(traces.protobuf, traces.json);
  t.is(itemsOf(traces.json).length, documents.length - 2, 'a gap and a summary have no span');
});

test('times are in nanoseconds and ids in hex', async (t) => {
  const [log] = itemsOf((await bothForms('logs', [DOCUMENTS.exchange])).protobuf);
  t.is(log.timeUnixNano, '1795608000250000000');
  t.is(log.observedTimeUnixNano, '1795608001750000123');
  t.is(log.traceId, '4bf92f3577b34da6a3ce929d0e0e4736');
  t.is(log.spanId, '9e550123456789ab');
  const [span] = itemsOf((await bothForms('traces', [DOCUMENTS.exchange])).protobuf);
  t.is(span.startTimeUnixNano, '1795608000250000000');
  t.is(span.endTimeUnixNano, '1795608001750000123');
  t.is(span.parentSpanId, '00f067aa0ba902b7');
  t.is(span.traceState, 'vendor=1');
  t.is(span.kind, 2, 'SPAN_KIND_SERVER');
});

test('half a character, as a cut document may end with, is replaced in both encodings', async (t) => {
  const document = { ...DOCUMENTS.exchange, http: { request: { body: { content: 'tea\ud83d' } } } };
  const { protobuf, json } = await bothForms('logs', [document]);
  t.deepEqual(protobuf, json);
  t.is(attributesOf(itemsOf(json)[0])['http.request.body.content'], 'tea\ufffd');
});

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', 'é\ud83d', '😀'));
const latin1 = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const headers = fc
  .array(
    fc.tuple(
      fc.constantFrom('X-A', 'Accept', '__proto__', 'constructor', 'Content-Type', 'Traceparent'),
      latin1,
    ),
    {
      maxLength: 5,
    },
  )
  .map((fields) => fields.flat());
const traceparent = fc
  .tuple(
    fc.nat(),
    fc.constantFrom('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    fc.constantFrom('0'.repeat(16), '00f067aa0ba902b7'),
  )
  .map(([, trace, span]) => ['traceparent', `00-${trace}-${span}-01`]);
const exchange = fc.record({
  remoteAddress: fc.constantFrom('', '127.0.0.1', '::1'),
  upstream: fc.constantFrom('', 'app:3000', '[::1]:80'),
  request: fc.option(
    fc.record({
      method: fc.oneof(fc.constantFrom('GET', 'PURGE', 'get'), latin1),
      path: latin1,
      headers,
      traceparent: fc.option(traceparent),
    }),
  ),
  response: fc.option(fc.record({ status: fc.integer({ min: 100, max: 999 }), headers })),
  bodies: fc.tuple(
    fc.uint8Array({ maxLength: 200 }),
    text.map((value) => Buffer.from(value)),
  ),
  isTunnel: fc.boolean(),
  refusal: fc.option(fc.uint8Array({ maxLength: 50 })),
  error: fc.option(text),
  wallMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  durationNs: fc.bigInt({ min: 0n, max: 10n ** 15n }),
});

function record(given: typeof exchange extends fc.Arbitrary<infer T> ? T : never): RecordDocument {
  let ns = 0n;
  const recorder = new Recorder(
    {
      maxBodyBytes: 100,
      maxInflatedBytes: 100,
      redact: { headers: [], keys: [] },
      hmacKey: Buffer.alloc(32),
      serviceName: 'shop',
      runId: 'run-1',
      thread: 0,
      hostName: 'host',
      dataset: 'tapline.http',
      namespace: 'default',
      observerVersion: '1',
    },
    {
      clock: {
        wallMs: () => given.wallMs,
        monotonicMs: () => Number(ns) / 1e6,
        after: () => ({ cancel() {}, refresh() {} }),
      },
      randomBytes,
      nextSequence: () => 1,
      budget: new ByteBudget(1_000_000),
    },
  );
  const made = recorder.exchange({
    id: 1,
    remoteAddress: given.remoteAddress,
    remotePort: 1,
    localAddress: '127.0.0.1',
    localPort: 2,
    tls: null,
    upstream: given.upstream,
    scheme: 'http',
  });
  const { request, response } = given;
  if (request !== null)
    made.requestHead(
      new RequestHead(request.method, request.path, 'HTTP/1.1', [
        ...request.headers,
        ...(request.traceparent ?? []),
      ]),
    );
  made.requestBody(Buffer.from(given.bodies[0]));
  if (response !== null)
    made.responseHead(new ResponseHead('HTTP/1.1', response.status, '', response.headers));
  made.responseBody(given.bodies[1]);
  if (given.isTunnel) made.tunnel();
  if (given.refusal !== null)
    made.refuse({ status: 400, code: 'bad', message: 'm', rawHead: Buffer.from(given.refusal) });
  if (given.error !== null) made.fail({ type: 'broken', message: given.error });
  ns = given.durationNs;
  return made.finish()!;
}

test('whatever the recorder makes is valid OTLP: both encodings can be read and say the same', async (t) => {
  await fc.assert(
    fc.asyncProperty(exchange, fc.boolean(), async (given, isLimited) => {
      const { bytes, id } = record(given);
      const document = JSON.parse(bytes.toString('utf8')) as EcsDocument;
      const mapping = isLimited ? { ...ALL, limits: { maxValueLength: 5, maxCount: 20 } } : ALL;
      const [logs, traces] = [
        await bothForms('logs', [document], mapping),
        await bothForms('traces', [document], mapping),
      ];
      t.deepEqual(logs.protobuf, logs.json);
      t.deepEqual(traces.protobuf, traces.json);
      const [log] = itemsOf(logs.protobuf);
      const [span] = itemsOf(traces.protobuf);
      t.is(log.timeUnixNano ?? '0', String(BigInt(given.wallMs) * 1_000_000n));
      t.is(BigInt(span.endTimeUnixNano ?? 0) - BigInt(span.startTimeUnixNano ?? 0), given.durationNs);
      for (const { traceId, spanId } of [log, span]) {
        t.regex(traceId, /^(?!0+$)[0-9a-f]{32}$/);
        t.regex(spanId, /^(?!0+$)[0-9a-f]{16}$/);
      }
      t.is(span.spanId, log.spanId);
      if (span.parentSpanId !== undefined) t.regex(span.parentSpanId, /^(?!0+$)[0-9a-f]{16}$/);
      const names = log.attributes.map(({ key }: { key: string }) => key);
      t.is(new Set(names).size, names.length);
      if (!isLimited) t.is(attributesOf(log)['log.record.uid'], id);
      else t.true(names.length <= 20);
    }),
    { numRuns: 300 },
  );
});

/** The bytes of our own encoder and those of the serializers of OpenTelemetry. */
async function ownAndTheirs(
  signal: OtlpSignal,
  documents: readonly EcsDocument[],
  mapping: OtlpMapping,
): Promise<{ own: Buffer; theirs: Buffer }> {
  const encoder = await loadEncoder(signal, 'http/protobuf', mapping);
  // The second time in memory that was used before.
  const spoilt = encoder.request(0);
  for (const document of documents) spoilt.add(document);
  spoilt.finish().fill(0xee);
  spoilt.release();
  const request = encoder.request(0);
  for (const document of documents) request.add(document);
  const theirs =
    signal === 'logs'
      ? ProtobufLogsSerializer.serializeRequest(documents.map((each) => otlpLogOf(each, mapping)))
      : ProtobufTraceSerializer.serializeRequest(
          documents.map((each) => otlpSpanOf(each, mapping)).filter((span) => span !== null),
        );
  return { own: Buffer.from(request.finish()), theirs: Buffer.from(theirs!) };
}

test('a request in Protocol Buffers is byte for byte that of the serializers of OpenTelemetry', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(exchange, { maxLength: 4 }),
      fc.constantFrom(...Object.values(DOCUMENTS)),
      fc.integer({ min: 0, max: 40_000 }),
      async (given, known, length) => {
        const made = given.map((each) => JSON.parse(record(each).bytes.toString('utf8')) as EcsDocument);
        const long = { ...known, user_agent: { original: 'ü'.repeat(length) } };
        for (const signal of ['logs', 'traces'] as const) {
          const { own, theirs } = await ownAndTheirs(signal, [...made, known, long], ALL);
          t.true(own.equals(theirs), signal);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a request without items is empty, and one with two megabytes of them as that of OpenTelemetry', async (t) => {
  const many = Array.from({ length: 4000 }, () => DOCUMENTS.exchange);
  for (const signal of ['logs', 'traces'] as const) {
    t.is((await ownAndTheirs(signal, [], ALL)).own.length, 0);
    const { own, theirs } = await ownAndTheirs(signal, many, ALL);
    t.true(own.length > 2_000_000);
    t.true(own.equals(theirs));
  }
});

test('a document that is no record leaves nothing in the request', async (t) => {
  for (const protocol of ['http/protobuf', 'http/json'] as const) {
    const encoder = await loadEncoder('logs', protocol, ALL);
    const [with_, without] = [encoder.request(0), encoder.request(0)];
    for (const request of [with_, without]) t.true(request.add(DOCUMENTS.exchange));
    t.throws(() => with_.add({ event: { id: 'x' } } as never));
    t.throws(() => with_.add({ ...DOCUMENTS.exchange, trace: null, event: { id: 5 } } as never));
    for (const request of [with_, without]) t.true(request.add(DOCUMENTS.gap));
    t.deepEqual(Buffer.from(with_.finish()), Buffer.from(without.finish()));
  }
});

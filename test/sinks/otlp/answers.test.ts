import { gunzipSync } from 'node:zlib';
import type * as http from 'node:http';
import * as net from 'node:net';
import { status as grpcStatus } from '@grpc/grpc-js';
import test, { type ExecutionContext } from 'ava';
import type { SendResult } from '../../../src/sinks/sink.ts';
import { SinkNotReady } from '../../../src/sinks/sink.ts';
import { batchOf, sendUntilAnswered, sinkOf } from '../../support/otlp-batch.ts';
import { attributesOf, decodeLogs, decodeTraces, itemsOf } from '../../support/otlp-decode.ts';
import { freePort } from '../../support/otlp-peer.ts';
import { type GrpcAnswer, startGrpcReceiver, startHttpReceiver } from '../../support/otlp-server.ts';
import { gapOf, recordOf } from '../../support/records.ts';

const NEVER = new AbortController().signal;
const RECORDS = [recordOf(1), recordOf(2), recordOf(3)];

interface HttpRow {
  readonly answer: { status: number; headers?: http.OutgoingHttpHeaders; body?: string | Buffer };
  readonly expected: Partial<SendResult> & { kind: SendResult['kind'] };
  readonly reason?: RegExp;
  readonly items?: unknown;
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
/** An Export…ServiceResponse with partial_success: 1 rejected, "bad". */
const partialOf = (rejected: number): Buffer =>
  Buffer.from([0x0a, 7, 0x08, rejected, 0x12, 3, 0x62, 0x61, 0x64]);
/** google.rpc.Status with a message. */
const statusOf = (message: string): Buffer =>
  Buffer.concat([Buffer.from([0x12, message.length]), Buffer.from(message)]);
const retry = (more: object): HttpRow['expected'] => ({
  kind: 'retry',
  retryAfterMs: null,
  isAmbiguous: false,
  isOverload: false,
  ...more,
});

const HTTP_ROWS: HttpRow[] = [
  { answer: { status: 200, headers: PROTOBUF }, expected: { kind: 'answered' } },
  { answer: { status: 200 }, expected: { kind: 'answered' } },
  { answer: { status: 200, headers: JSON_TYPE, body: '{}' }, expected: { kind: 'answered' } },
  { answer: { status: 204 }, expected: { kind: 'answered' } },
  { answer: { status: 202, headers: { 'content-type': 'text/plain' } }, expected: { kind: 'answered' } },
  {
    answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>hello' },
    expected: retry({ isAmbiguous: true }),
    reason: /not in OTLP: is OTEL_EXPORTER_OTLP_ENDPOINT really/,
  },
  {
    answer: { status: 200, headers: PROTOBUF, body: '<html>' },
    expected: retry({ isAmbiguous: true }),
    reason: /not in OTLP/,
  },
  {
    answer: { status: 200, headers: JSON_TYPE, body: '{"partialSuccess":' },
    expected: retry({ isAmbiguous: true }),
    reason: /not in OTLP/,
  },
  {
    answer: { status: 200, headers: JSON_TYPE, body: '[]' },
    expected: retry({ isAmbiguous: true }),
    reason: /not in OTLP/,
  },
  { answer: { status: 429 }, expected: retry({ isOverload: true }) },
  {
    answer: { status: 429, headers: { 'retry-after': '7' } },
    expected: retry({ isOverload: true, retryAfterMs: 7000 }),
  },
  { answer: { status: 502 }, expected: retry({ isAmbiguous: true }) },
  { answer: { status: 503, headers: { 'retry-after': 'nonsense' } }, expected: retry({ isOverload: true }) },
  {
    answer: {
      status: 503,
      headers: { ...PROTOBUF, 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
      body: statusOf('memory is used up'),
    },
    expected: retry({ isOverload: true, retryAfterMs: 0 }),
    reason: /answered 503: memory is used up$/,
  },
  { answer: { status: 504 }, expected: retry({ isAmbiguous: true }) },
  { answer: { status: 413 }, expected: { kind: 'too-large' } },
  {
    answer: { status: 400, headers: PROTOBUF, body: statusOf('http: request body too large') },
    expected: { kind: 'too-large' },
  },
  {
    answer: { status: 400, headers: JSON_TYPE, body: '{"code":3,"message":"body exceeds the limit"}' },
    expected: { kind: 'too-large' },
  },
  {
    answer: { status: 400, headers: PROTOBUF, body: statusOf('cannot unmarshal') },
    expected: { kind: 'refused', type: 'http-400', status: 400 },
    reason: /answered 400: cannot unmarshal$/,
  },
  { answer: { status: 422 }, expected: { kind: 'refused', type: 'http-422', status: 422 } },
  {
    answer: { status: 401 },
    expected: { kind: 'paused' },
    reason: /credentials in OTEL_EXPORTER_OTLP_HEADERS/,
  },
  {
    answer: { status: 403 },
    expected: { kind: 'paused' },
    reason: /credentials in OTEL_EXPORTER_OTLP_HEADERS/,
  },
  {
    answer: { status: 404 },
    expected: { kind: 'paused' },
    reason: /nothing takes logs at \/v1\/logs.*4318.*4317/,
  },
  { answer: { status: 405 }, expected: { kind: 'paused' }, reason: /nothing takes logs at/ },
  { answer: { status: 415 }, expected: { kind: 'paused' }, reason: /OTEL_EXPORTER_OTLP_PROTOCOL/ },
  {
    answer: { status: 301, headers: { location: '/elsewhere' } },
    expected: { kind: 'paused' },
    reason: /redirects/,
  },
  { answer: { status: 407 }, expected: { kind: 'paused' }, reason: /proxy/ },
  { answer: { status: 431 }, expected: { kind: 'paused' } },
  { answer: { status: 500 }, expected: { kind: 'answered' }, items: 'limited' },
  { answer: { status: 501 }, expected: { kind: 'answered' }, items: 'limited' },
  { answer: { status: 408 }, expected: { kind: 'answered' }, items: 'limited' },
  {
    answer: { status: 200, headers: PROTOBUF, body: partialOf(1) },
    expected: { kind: 'answered' },
    items: { kind: 'diverted', reason: 'the receiver rejected 1 of the 3 records of a request: bad' },
  },
  {
    answer: {
      status: 200,
      headers: JSON_TYPE,
      body: '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"bad"}}',
    },
    expected: { kind: 'answered' },
    items: {
      kind: 'refused',
      type: 'otlp-partial-success',
      reason: 'the receiver rejected 3 of the 3 records of a request: bad',
      status: 200,
    },
  },
];

function checkRow(
  t: { like: any; deepEqual: any; regex: any },
  result: SendResult,
  row: Omit<HttpRow, 'answer'>,
  name: string,
): void {
  t.like(result, row.expected, name);
  if (row.reason !== undefined) t.regex((result as { reason: string }).reason, row.reason, name);
  if (result.kind !== 'answered') return;
  const limited = (item: { kind: string }): unknown => ({ ...item, reason: '' });
  const items = result.items as { kind: string }[];
  const expected =
    row.items === 'limited'
      ? { kind: 'retry', reason: '', isLimited: true }
      : (row.items ?? { kind: 'delivered' });
  t.deepEqual(
    row.items === 'limited' ? items.map(limited) : items,
    RECORDS.map(() => expected),
    name,
  );
}

test('what every answer over HTTP means', async (t) => {
  const server = await startHttpReceiver(t, (response, _, index) => {
    const { status, headers, body } = HTTP_ROWS[index]!.answer;
    response.writeHead(status, headers).end(body);
  });
  const { sink, partial } = sinkOf('logs', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}`,
  });
  for (const row of HTTP_ROWS)
    checkRow(t, await sink.send(batchOf(RECORDS), NEVER), row, JSON.stringify(row.answer));
  t.deepEqual(partial, [
    { sink: 'otlp-logs', rejected: 1, message: 'bad' },
    { sink: 'otlp-logs', rejected: 3, message: 'bad' },
  ]);
  await sink.stop();
});

/** google.rpc.Status with a RetryInfo of 2.5 seconds. */
const RETRY_INFO = (() => {
  const field = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const duration = Buffer.from([0x08, 2, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]);
  const any = Buffer.concat([
    field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')),
    field(2, field(1, duration)),
  ]);
  return Buffer.concat([Buffer.from([0x08, 8]), field(3, any)]);
})();

const GRPC_ROWS: { answer: GrpcAnswer; expected: HttpRow['expected']; reason?: RegExp; items?: unknown }[] = [
  { answer: Buffer.alloc(0), expected: { kind: 'answered' } },
  {
    answer: partialOf(1),
    expected: { kind: 'answered' },
    items: { kind: 'diverted', reason: 'the receiver rejected 1 of the 3 records of a request: bad' },
  },
  { answer: Buffer.from('<html>'), expected: retry({ isAmbiguous: true }), reason: /not in OTLP/ },
  { answer: { code: grpcStatus.CANCELLED, details: '' }, expected: retry({ isAmbiguous: true }) },
  { answer: { code: grpcStatus.DEADLINE_EXCEEDED, details: '' }, expected: retry({ isAmbiguous: true }) },
  { answer: { code: grpcStatus.ABORTED, details: '' }, expected: retry({ isAmbiguous: true }) },
  { answer: { code: grpcStatus.OUT_OF_RANGE, details: '' }, expected: retry({ isAmbiguous: true }) },
  { answer: { code: grpcStatus.DATA_LOSS, details: '' }, expected: retry({ isAmbiguous: true }) },
  {
    answer: { code: grpcStatus.UNAVAILABLE, details: 'memory is used up', statusDetails: RETRY_INFO },
    expected: retry({ isAmbiguous: true, retryAfterMs: 2500 }),
    reason: /answered UNAVAILABLE: memory is used up$/,
  },
  {
    answer: { code: grpcStatus.RESOURCE_EXHAUSTED, details: 'slow down', statusDetails: RETRY_INFO },
    expected: retry({ isOverload: true, retryAfterMs: 2500 }),
  },
  {
    answer: { code: grpcStatus.RESOURCE_EXHAUSTED, details: 'slow down' },
    expected: retry({ isOverload: true }),
  },
  {
    answer: {
      code: grpcStatus.RESOURCE_EXHAUSTED,
      details: 'grpc: received message larger than max (5 vs. 4)',
    },
    expected: { kind: 'too-large' },
  },
  {
    answer: {
      code: grpcStatus.RESOURCE_EXHAUSTED,
      details: 'gRPC message exceeds maximum size 4194304: 5000000',
    },
    expected: { kind: 'too-large' },
  },
  {
    answer: { code: grpcStatus.RESOURCE_EXHAUSTED, details: 'x', statusDetails: Buffer.from([0x1a, 9, 1]) },
    expected: retry({ isOverload: true }),
  },
  {
    answer: { code: grpcStatus.INVALID_ARGUMENT, details: 'wrong' },
    expected: { kind: 'refused', type: 'grpc-invalid-argument', status: null },
  },
  {
    answer: { code: grpcStatus.UNAUTHENTICATED, details: '' },
    expected: { kind: 'paused' },
    reason: /credentials/,
  },
  {
    answer: { code: grpcStatus.PERMISSION_DENIED, details: '' },
    expected: { kind: 'paused' },
    reason: /credentials/,
  },
  {
    answer: { code: grpcStatus.UNIMPLEMENTED, details: '' },
    expected: { kind: 'paused' },
    reason: /does not take logs by OTLP over gRPC/,
  },
  {
    answer: { code: grpcStatus.INTERNAL, details: 'oops' },
    expected: { kind: 'answered' },
    items: 'limited',
  },
  { answer: { code: grpcStatus.UNKNOWN, details: '' }, expected: { kind: 'answered' }, items: 'limited' },
  {
    answer: { code: grpcStatus.FAILED_PRECONDITION, details: '' },
    expected: { kind: 'answered' },
    items: 'limited',
  },
];

test('what every answer over gRPC means', async (t) => {
  const server = await startGrpcReceiver(t, (_, index) => GRPC_ROWS[index]!.answer);
  const { sink, partial } = sinkOf('logs', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  });
  for (const row of GRPC_ROWS)
    checkRow(t, await sink.send(batchOf(RECORDS), NEVER), row, JSON.stringify(row.answer));
  t.deepEqual(partial, [{ sink: 'otlp-logs', rejected: 1, message: 'bad' }]);
  await sink.stop();
});

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;

for (const protocol of PROTOCOLS)
  for (const signal of ['logs', 'traces'] as const)
    test(`${signal} by ${protocol}: path, headers, compression, content; a gap is a log record and no span`, async (t) => {
      const isGrpc = protocol === 'grpc';
      const server = isGrpc
        ? await startGrpcReceiver(t, () => Buffer.alloc(0))
        : await startHttpReceiver(t, (response) => response.end());
      const { sink } = sinkOf(signal, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      });
      const gap = gapOf({ from: 2, to: 2, count: 1, reason: 'x', sourceBytes: 0, destinationBytes: 0 }, 2);
      await sink.start(NEVER);
      const result = await sink.send(batchOf([recordOf(1), gap, recordOf(3)]), NEVER);
      t.deepEqual(result, {
        kind: 'answered',
        items: [{ kind: 'delivered' }, { kind: 'delivered' }, { kind: 'delivered' }],
      });
      const [probe, request] = server.received;
      t.is(server.received.length, 2);
      t.is(request!.headers['x-key'], 'a b');
      t.regex(String(request!.headers['user-agent']), /^Tapline-OTLP\/1\.2\.3/);
      if (isGrpc) {
        t.is(
          request!.path,
          signal === 'logs'
            ? '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
            : '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        );
      } else {
        t.is(request!.path, `/v1/${signal}`);
        t.is(request!.headers['content-encoding'], 'gzip');
        t.is(
          request!.headers['content-type'],
          protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
        );
      }
      const decode = (body: Buffer): any => {
        const plain = isGrpc ? body : gunzipSync(body);
        if (protocol === 'http/json') return JSON.parse(plain.toString());
        return signal === 'logs' ? decodeLogs(plain) : decodeTraces(plain);
      };
      t.deepEqual(itemsOf(decode(probe!.body)), []);
      const sequences = itemsOf(decode(request!.body)).map((item) => attributesOf(item)['tapline.sequence']);
      t.deepEqual(sequences, signal === 'logs' ? [1, 2, 3] : [1, 3]);
      await sink.stop();
    });

test('a batch of gaps is no request of spans', async (t) => {
  const server = await startHttpReceiver(t, (response) => response.end());
  const { sink } = sinkOf('traces', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` });
  const gap = gapOf({ from: 1, to: 1, count: 1, reason: 'x', sourceBytes: 0, destinationBytes: 0 }, 1);
  t.deepEqual(await sink.send(batchOf([gap]), NEVER), { kind: 'answered', items: [{ kind: 'delivered' }] });
  t.is(server.received.length, 0);
  await sink.stop();
});

test('a document that cannot be read is refused, the others go', async (t) => {
  const server = await startHttpReceiver(t, (response) => response.end());
  const documents = ['{"secret', '{}', 'null', '{"@timestamp":"secret","event":{"id":"x"}}'];
  for (const signal of ['logs', 'traces'] as const) {
    const { sink } = sinkOf(signal, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` });
    const broken = documents.map((text, index) => ({ ...recordOf(index), bytes: Buffer.from(text) }));
    const result = await sink.send(batchOf([recordOf(9), ...broken]), NEVER);
    const refused = {
      kind: 'refused',
      type: 'unreadable-document',
      reason: 'the document is not that of a record',
      status: null,
    };
    t.deepEqual(result as unknown, {
      kind: 'answered',
      items: [{ kind: 'delivered' }, ...documents.map(() => refused)],
    });
    const { body } = server.received.at(-1)!;
    t.is(itemsOf(signal === 'logs' ? decodeLogs(body) : decodeTraces(body)).length, 1);
    await sink.stop();
  }
});

test('what was not sent is not among what was rejected', async (t) => {
  const server = await startHttpReceiver(t, (response) =>
    response.writeHead(200, PROTOBUF).end(partialOf(1)),
  );
  const { sink } = sinkOf('traces', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` });
  const gap = gapOf({ from: 2, to: 2, count: 1, reason: 'x', sourceBytes: 0, destinationBytes: 0 }, 2);
  const result = await sink.send(batchOf([recordOf(1), gap]), NEVER);
  t.deepEqual(result.kind === 'answered' && result.items.map(({ kind }) => kind), ['refused', 'delivered']);
  await sink.stop();
});

test('more than receivers take is not sent', async (t) => {
  const server = await startHttpReceiver(t, (response) => response.end());
  const { sink } = sinkOf('logs', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` });
  const large = recordOf(1, {
    http: { request: { method: 'GET', body: { content: 'x'.repeat(4_200_000) } } },
  });
  t.is((await sink.send(batchOf([large]), NEVER)).kind, 'too-large');
  t.is(server.received.length, 0);
  await sink.stop();
});

test('an answer that trickles or never comes ends with the timeout, and with the signal at once', async (t) => {
  const trickling = await startHttpReceiver(t, (response) => {
    response.writeHead(200, PROTOBUF);
    const timer = setInterval(() => response.write(Buffer.from([0x08])), 20);
    response.on('close', () => clearInterval(timer));
  });
  const silent = await startGrpcReceiver(t, () => null);
  for (const [port, protocol] of [
    [trickling.port, 'http/protobuf'],
    [silent.port, 'grpc'],
  ] as const) {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    };
    const hasty = sinkOf('logs', { ...env, OTEL_EXPORTER_OTLP_TIMEOUT: '300' }).sink;
    t.like(await hasty.send(batchOf(RECORDS), NEVER), retry({ isAmbiguous: true }));
    await hasty.stop();
    const patient = sinkOf('logs', { ...env, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }).sink;
    const aborting = new AbortController();
    const sent = patient.send(batchOf(RECORDS), aborting.signal);
    setTimeout(() => aborting.abort(), 100);
    t.like(await sent, retry({ isAmbiguous: true }));
    const stopping = patient.send(batchOf(RECORDS), NEVER);
    setTimeout(() => void patient.stop(), 100);
    t.is((await stopping).kind, 'retry');
  }
});

test('a receiver that closes the connection unanswered may have stored the records; one that is not there has not', async (t) => {
  const server = await startHttpReceiver(t, (response) => response.destroy());
  const closing = sinkOf('logs', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` }).sink;
  t.like(await closing.send(batchOf(RECORDS), NEVER), retry({ isAmbiguous: true }));
  await closing.stop();
  const port = await freePort();
  for (const protocol of PROTOCOLS) {
    const { sink } = sinkOf('logs', {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    await t.notThrowsAsync(sink.start(NEVER), 'it may come later');
    const result = await sink.send(batchOf(RECORDS), NEVER);
    t.like(result, retry({}), protocol);
    t.regex((result as { reason: string }).reason, /^cannot connect to 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    await sink.stop();
  }
});

/** A way to a port on which the first connection goes dead: nothing passes, and nobody hears of it. */
async function startDeadFirst(
  t: ExecutionContext,
  port: number,
): Promise<{ port: number; connections: () => number; heard: Promise<void> }> {
  const sockets: net.Socket[] = [];
  let connections = 0;
  let hear!: () => void;
  const heard = new Promise<void>((resolve) => (hear = resolve));
  const relay = net.createServer((socket) => {
    const isDead = ++connections === 1;
    socket.on('error', () => {});
    sockets.push(socket);
    if (isDead) {
      socket.on('data', hear);
      return;
    }
    const upstream = net.connect(port, '127.0.0.1');
    upstream.on('error', () => {});
    sockets.push(upstream);
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (relay.address() as net.AddressInfo).port, connections: () => connections, heard };
}

for (const protocol of ['http/protobuf', 'grpc'] as const)
  test(`${protocol}: a connection that has gone dead is not used again`, async (t) => {
    const server =
      protocol === 'grpc'
        ? await startGrpcReceiver(t, () => Buffer.alloc(0))
        : await startHttpReceiver(t, (response) => response.end());
    const relay = await startDeadFirst(t, server.port);
    const { sink } = sinkOf('logs', {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${relay.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    const patience = new AbortController();
    const first = sink.send(batchOf(RECORDS), patience.signal);
    await relay.heard;
    patience.abort();
    t.is((await first).kind, 'retry');
    t.is((await sink.send(batchOf(RECORDS), NEVER)).kind, 'answered');
    t.is(relay.connections(), 2);
    await sink.stop();
  });

test('a try that is given up leaves the others alone', async (t) => {
  let answerSecond!: () => void;
  const answered = new Promise<void>((resolve) => (answerSecond = resolve));
  let secondCame!: () => void;
  const second = new Promise<void>((resolve) => (secondCame = resolve));
  const server = await startGrpcReceiver(t, async (_, index) => {
    if (index === 0) return null;
    if (index === 1) {
      secondCame();
      await answered;
    }
    return Buffer.alloc(0);
  });
  const { sink } = sinkOf('logs', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  });
  const aborting = new AbortController();
  const first = sink.send(batchOf(RECORDS), aborting.signal);
  const other = sink.send(batchOf(RECORDS), NEVER);
  await second;
  aborting.abort();
  t.is((await first).kind, 'retry');
  t.is((await sink.send(batchOf(RECORDS), NEVER)).kind, 'answered');
  answerSecond();
  t.is((await other).kind, 'answered');
  await sink.stop();
});

test('gRPC goes on soon after its receiver is there', async (t) => {
  const port = await freePort();
  const { sink } = sinkOf('logs', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  });
  const away = performance.now();
  // Long enough for the channel's own delays to have grown to their bound.
  while (performance.now() - away < 2500) {
    t.is((await sink.send(batchOf(RECORDS), NEVER)).kind, 'retry');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await startGrpcReceiver(t, () => Buffer.alloc(0), port);
  const back = performance.now();
  const results = await sendUntilAnswered(sink, RECORDS);
  t.is(results.at(-1)!.kind, 'answered');
  t.true(performance.now() - back < 3000, `${performance.now() - back} ms`);
  await sink.stop();
});

test('the start tells what is wrong for good', async (t) => {
  const server = await startHttpReceiver(t, (response) => response.writeHead(401).end());
  const { sink } = sinkOf('logs', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` });
  const error = await t.throwsAsync(sink.start(NEVER), { instanceOf: SinkNotReady });
  t.true((error as SinkNotReady).isPermanent);
  t.regex(error!.message, /answered 401; check the credentials/);
  await sink.stop();
});

test('a port of the other protocol is told from an outage', async (t) => {
  const grpc = await startGrpcReceiver(t, () => Buffer.alloc(0));
  const http = await startHttpReceiver(t, (response) => response.end());
  const rows = [
    [grpc.port, 'http://', 'http/protobuf', /does not speak HTTP\/1\.1.*4317 is usually gRPC/],
    [http.port, 'http://', 'grpc', /does not speak gRPC/],
    [http.port, 'https://', 'http/json', /does not speak TLS/],
    [grpc.port, 'https://', 'grpc', /does not speak TLS/],
  ] as const;
  for (const [port, scheme, protocol, expected] of rows) {
    const { sink } = sinkOf('logs', {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    const result = await sink.send(batchOf(RECORDS), NEVER);
    t.is(result.kind, 'paused', protocol);
    t.regex((result as { reason: string }).reason, expected);
    await sink.stop();
  }
});

test('what a server says is shown without words of the records', async (t) => {
  const server = await startHttpReceiver(t, (response) =>
    response
      .writeHead(400, JSON_TYPE)
      .end(JSON.stringify({ message: 'invalid value "canary-4711-tea" in field x\n\u001b[2J' })),
  );
  const { sink } = sinkOf('logs', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.port}` });
  const record = recordOf(1, { url: { path: '/canary-4711-tea' } });
  const result = await sink.send(batchOf([record]), NEVER);
  const { reason } = result as { reason: string };
  t.true(reason.endsWith('answered 400: invalid value "…-…-tea" in field x [2J'), reason);
  await sink.stop();
});

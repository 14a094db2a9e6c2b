import test, { type ExecutionContext } from 'ava';
import type { RecordDocument } from '../../../src/records/record-document.ts';
import type { SendResult, Sink } from '../../../src/sinks/sink.ts';
import { grpcTransport } from '../../../src/sinks/otlp/grpc-transport.ts';
import { httpTransport } from '../../../src/sinks/otlp/http-transport.ts';
import { readOtlpTarget } from '../../../src/sinks/otlp/target.ts';
import { batchOf, sendUntilAnswered, sinkOf } from '../../support/otlp-batch.ts';
import { attributesOf, itemsOf } from '../../support/otlp-decode.ts';
import { HAS_OTLP_PEER, OTLP_ENDPOINT, type OtlpPeer, startOtlpPeer } from '../../support/otlp-peer.ts';
import { gapOf, recordOf } from '../../support/records.ts';

const NEVER = new AbortController().signal;
const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** With a collector of our own; skipped where none can be started. */
const withPeer = (title: string, run: (t: ExecutionContext) => Promise<void>): void =>
  HAS_OTLP_PEER ? test.serial(title, run) : test.serial.skip(`${title} (set TAPLINE_PEERS)`, run);

function envOf(
  peer: OtlpPeer,
  protocol: Protocol,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${protocol === 'grpc' ? peer.grpcPort : peer.httpPort}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    ...more,
  };
}

function numbered(from: number, count: number): RecordDocument[] {
  return Array.from({ length: count }, (_, index) => recordOf(from + index));
}

/** The sequence numbers that the collector holds, in order of arrival. */
async function held(peer: OtlpPeer): Promise<number[]> {
  return (await peer.requests())
    .flatMap((request) => itemsOf(request))
    .map((item) => attributesOf(item)['tapline.sequence'] as number);
}

/** What is told of a result, without words. */
function shapeOf(result: SendResult): object {
  if (result.kind === 'answered')
    return { kind: 'answered', items: [...new Set(result.items.map(({ kind }) => kind))] };
  const { reason: _, ...shape } = { ...result } as { reason: string };
  return shape;
}

const DELIVERED = { kind: 'answered', items: ['delivered'] };

for (const protocol of PROTOCOLS) {
  withPeer(`${protocol}: numbered records are held once each, as log records and as spans`, async (t) => {
    const peer = await startOtlpPeer(t);
    for (const [signal, compression] of [
      ['logs', 'gzip'],
      ['traces', 'none'],
    ] as const) {
      const { sink, partial } = sinkOf(
        signal,
        envOf(peer, protocol, { OTEL_EXPORTER_OTLP_COMPRESSION: compression }),
      );
      await sink.start(NEVER);
      const gap = gapOf(
        { from: 201, to: 203, count: 3, reason: 'spool-full', sourceBytes: 1, destinationBytes: 2 },
        201,
      );
      const records = [...numbered(1, 200), gap];
      for (let at = 0; at < records.length; at += 50)
        t.deepEqual(shapeOf(await sink.send(batchOf(records.slice(at, at + 50)), NEVER)), DELIVERED);
      const requests = (await peer.requests()).filter((request) =>
        signal === 'logs' ? 'resourceLogs' in request : 'resourceSpans' in request,
      );
      const items = requests.flatMap((request) => itemsOf(request));
      t.deepEqual(
        items.map((item) => attributesOf(item)['tapline.sequence']),
        Array.from({ length: signal === 'logs' ? 201 : 200 }, (_, index) => index + 1),
      );
      const first = items[0];
      t.is(first.traceId, '00000000000070008000000000000001');
      t.is(first.spanId, '8000000000000001');
      t.is(first[signal === 'logs' ? 'timeUnixNano' : 'startTimeUnixNano'], '1000000000');
      t.is(first[signal === 'logs' ? 'observedTimeUnixNano' : 'endTimeUnixNano'], '1001000000');
      t.is(attributesOf(first)['url.path'], '/p/1');
      t.is(
        attributesOf(first)['http.response.body.content'],
        signal === 'logs' ? 'body number 1' : undefined,
      );
      t.is(
        attributesOf((requests[0].resourceLogs ?? requests[0].resourceSpans)[0].resource)['service.name'],
        'shop',
      );
      t.deepEqual(partial, []);
      await sink.stop();
    }
  });

  withPeer(`${protocol}: refusals and faults, and nothing is lost of what is to be sent again`, async (t) => {
    const peer = await startOtlpPeer(t);
    const isGrpc = protocol === 'grpc';
    const { sink, partial } = sinkOf('logs', envOf(peer, protocol));
    await sink.start(NEVER);
    let next = 1;
    const expected: number[] = [];
    /** Sends three records under a fault, then again until they are taken; gives what was said first. */
    const under = async (words: string, copies: number): Promise<object> => {
      await peer.fault(words);
      const records = numbered(next, 3);
      next += 3;
      const first = await sink.send(
        batchOf(records),
        words.includes('delay') ? AbortSignal.timeout(700) : NEVER,
      );
      if (!words.includes('times')) await peer.fault('');
      for (let copy = 0; copy < copies; copy++) expected.push(...records.map(({ sequence }) => sequence));
      if (first.kind === 'answered' && first.items[0]!.kind !== 'retry') return shapeOf(first);
      t.deepEqual(shapeOf((await sendUntilAnswered(sink, records)).at(-1)!), DELIVERED, words);
      return shapeOf(first);
    };
    const retry = { kind: 'retry', retryAfterMs: null, isAmbiguous: false, isOverload: false };
    const refused = isGrpc ? 'grpc-invalid-argument' : 'http-400';
    const unavailable = { ...retry, isAmbiguous: isGrpc, isOverload: !isGrpc };

    t.deepEqual(await under('status=503 times=2', 1), unavailable);
    t.deepEqual(await under('status=503 retry=1s times=1', 1), { ...unavailable, retryAfterMs: 1000 });
    t.deepEqual(await under('status=502 times=1', 1), { ...retry, isAmbiguous: true });
    t.deepEqual(await under('status=429 times=1', 1), { ...retry, isOverload: true });
    t.deepEqual(await under('status=429 retry=2s times=1', 1), {
      ...retry,
      isOverload: true,
      retryAfterMs: 2000,
    });
    t.deepEqual(await under('status=400', 1), {
      kind: 'refused',
      type: refused,
      status: isGrpc ? null : 400,
    });
    for (const status of [401, 403, 404]) t.deepEqual(await under(`status=${status}`, 1), { kind: 'paused' });
    t.deepEqual(await under('status=413', 1), { kind: 'too-large' });
    t.deepEqual(await under('status=500', 1), { kind: 'answered', items: ['retry'] });
    t.deepEqual(await under('delay=12s', 1), { ...retry, isAmbiguous: true });
    t.deepEqual(await under('cut times=1', 1), { ...retry, isAmbiguous: true });
    t.deepEqual(await under('late status=503 times=1', 2), unavailable);
    t.deepEqual(await under('late delay=12s', 2), { ...retry, isAmbiguous: true });
    t.deepEqual(partial, []);
    t.deepEqual(await under('partial=2 times=1', 1), { kind: 'answered', items: ['diverted'] });
    t.deepEqual(await under('partial=3 times=1', 1), { kind: 'answered', items: ['refused'] });
    t.deepEqual(
      partial.map(({ rejected, message }) => [rejected, message]),
      [2, 3].map((rejected) => [rejected, 'fault: partial success']),
    );
    t.deepEqual(
      (await held(peer)).toSorted((a, b) => a - b),
      expected.toSorted((a, b) => a - b),
    );
    await sink.stop();
  });

  withPeer(`${protocol}: a collector that is killed, away and frozen`, async (t) => {
    const peer = await startOtlpPeer(t);
    const { sink } = sinkOf('logs', envOf(peer, protocol));
    t.deepEqual(shapeOf(await sink.send(batchOf(numbered(1, 3)), NEVER)), DELIVERED);
    await peer.end('SIGKILL');
    t.is((await sink.send(batchOf(numbered(4, 3)), NEVER)).kind, 'retry');
    const delivered = sendUntilAnswered(sink, numbered(4, 3));
    await peer.start();
    const back = performance.now();
    t.deepEqual(shapeOf((await delivered).at(-1)!), DELIVERED);
    t.true(performance.now() - back < 3000);
    t.deepEqual(await held(peer), [1, 2, 3, 4, 5, 6]);
    peer.signal('SIGSTOP');
    t.like(await sink.send(batchOf(numbered(7, 3)), AbortSignal.timeout(500)), {
      kind: 'retry',
      isAmbiguous: true,
    });
    peer.signal('SIGCONT');
    t.deepEqual(shapeOf((await sendUntilAnswered(sink, numbered(7, 3))).at(-1)!), DELIVERED);
    const all = await held(peer);
    t.deepEqual([...new Set(all)], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await sink.stop();
  });

  withPeer(`${protocol}: a collector above its memory limit is asked again later`, async (t) => {
    const peer = await startOtlpPeer(t, { MEMORY_LIMIT_MIB: '1' });
    const { sink } = sinkOf('logs', envOf(peer, protocol));
    // Its first look at its memory comes a little after its start.
    let result = await sink.send(batchOf(numbered(1, 3)), NEVER);
    const end = performance.now() + 10_000;
    while (result.kind === 'answered' && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      result = await sink.send(batchOf(numbered(1, 3)), NEVER);
    }
    t.like(result, { kind: 'retry', retryAfterMs: null });
    await sink.stop();
  });

  withPeer(`${protocol}: what the collector itself calls too large`, async (t) => {
    const peer = await startOtlpPeer(t);
    const target = readOtlpTarget('logs', envOf(peer, protocol))!;
    const transport =
      protocol === 'grpc' ? await grpcTransport(target, 'test') : await httpTransport(target, 'test', 1);
    const verdict = await transport.send(
      Buffer.alloc(protocol === 'grpc' ? 5_000_000 : 22_000_000, ' '),
      (said) => said,
      NEVER,
    );
    t.is(verdict.kind, 'too-large', JSON.stringify(verdict));
    await transport.close();
  });
}

withPeer('ports of the other protocol and paths of nothing are told at the start', async (t) => {
  const peer = await startOtlpPeer(t);
  const rows: [Record<string, string>, RegExp][] = [
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${peer.grpcPort}` }, /does not speak HTTP\/1\.1/],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${peer.httpPort}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      },
      /does not speak gRPC/,
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${peer.httpPort}` }, /does not speak TLS/],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `http://127.0.0.1:${peer.httpPort}` }, /must end with \/v1\/logs/],
  ];
  for (const [env, expected] of rows) {
    const { sink } = sinkOf('logs', env);
    await t.throwsAsync(sink.start(NEVER), { message: expected });
    await sink.stop();
  }
});

/** With whatever receiver is there: `OTLP_ENDPOINT`, its HTTP port. */
const withEndpoint = OTLP_ENDPOINT === null ? test.serial.skip : test.serial;

withEndpoint('the receiver that OTLP_ENDPOINT names takes log records and spans', async (t) => {
  for (const signal of ['logs', 'traces'] as const) {
    const sink: Sink = sinkOf(signal, { OTEL_EXPORTER_OTLP_ENDPOINT: OTLP_ENDPOINT! }).sink;
    await sink.start(NEVER);
    t.deepEqual(shapeOf(await sink.send(batchOf(numbered(1, 3)), NEVER)), DELIVERED);
    await sink.stop();
  }
});

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { newElasticsearchSink } from '../../src/sinks/elasticsearch/elasticsearch-sink.ts';
import { newFileSink } from '../../src/sinks/file/file-sink.ts';
import { newOtlpSinks } from '../../src/sinks/otlp/otlp-sinks.ts';
import type { Batch, SendResult, Sink } from '../../src/sinks/sink.ts';
import { StoreSink } from '../../src/sinks/store/store-sink.ts';
import { newStdoutSink } from '../../src/sinks/stdout/stdout-sink.ts';
import { ELASTICSEARCH_9, sinkOptions } from '../support/elasticsearch.ts';
import { makeDataDir } from '../support/process.ts';
import { quiet, recordOf } from '../support/records.ts';
import {
  type ScriptedAnswer,
  type ScriptedRequest,
  startScriptedServer,
} from '../support/scripted-server.ts';

/** In every record; nothing that a sink says may contain it. */
const CANARY = 'canary-5f1e';
const NO_SIGNAL = new AbortController().signal;

/** What the other side does with records. */
type Fault = 'busy' | 'down' | 'unauthorized' | 'too-large' | 'hangs' | 'lost' | 'cut' | 'garbage' | 'echo';

interface Case {
  readonly sink: Sink;
  /** From now on the other side is like this; undefined for a sink that has no other side to script. */
  readonly become?: (fault: Fault | 'well') => void;
  /** Brings a local sink to where it cannot write, and back. */
  readonly obstruct?: () => () => void;
}

const bulk = (request: ScriptedRequest): ScriptedAnswer => {
  const lines = request.body.split('\n').filter((_, index) => index % 2 === 0 && _ !== '');
  const items = lines.map((line) => ({
    create: {
      _index: '.ds-a-000001',
      _id: (JSON.parse(line) as { create: { _id: string } }).create._id,
      status: 201,
    },
  }));
  return { ...ELASTICSEARCH_9, body: { errors: false, items } };
};

const FAULTS: Readonly<Record<Fault, ScriptedAnswer>> = {
  busy: { status: 429, headers: { 'retry-after': '3', 'x-elastic-product': 'Elasticsearch' }, body: {} },
  down: { status: 503, headers: { 'x-elastic-product': 'Elasticsearch' }, body: {} },
  unauthorized: { status: 401, headers: { 'x-elastic-product': 'Elasticsearch' }, body: {} },
  'too-large': { status: 413 },
  hangs: { ending: 'hang' },
  lost: { ending: 'lost' },
  cut: { ...ELASTICSEARCH_9, ending: 'cut' },
  garbage: {
    headers: { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' },
    body: '<html>welcome</html>',
  },
  // A server that quotes what it was sent, as servers do.
  echo: {
    status: 400,
    headers: { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' },
  },
};

async function remote(
  t: ExecutionContext,
  isOfRecords: (request: ScriptedRequest) => boolean,
  well: (request: ScriptedRequest) => ScriptedAnswer,
  make: (url: string) => Sink,
): Promise<Case> {
  let state: Fault | 'well' = 'well';
  const server = await startScriptedServer(t, (request) => {
    if (!isOfRecords(request) || state === 'well') return well(request);
    return state === 'echo'
      ? { ...FAULTS.echo, body: `{"error":{"reason":${JSON.stringify(request.body)}}}` }
      : FAULTS[state];
  });
  const sink = make(server.url);
  t.teardown(() => sink.stop());
  return { sink, become: (fault) => (state = fault) };
}

const otlp = (index: number, protocol: string) => (t: ExecutionContext) =>
  remote(
    t,
    ({ body }) => body.length > 200,
    () => ({
      headers: { 'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf' },
      body: protocol === 'http/json' ? '{}' : '',
    }),
    (url) =>
      newOtlpSinks(
        { ...sinkOptions(url), serviceName: 'shop', otlpBodies: true, version: '1' },
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
        },
        { onPartialSuccess: () => {} },
      )[index]!,
  );

/** Every sink, as it is made for a test. A new one belongs here. */
const SINKS: Readonly<Record<string, (t: ExecutionContext) => Promise<Case>>> = {
  elasticsearch: (t) =>
    remote(
      t,
      ({ path: target }) => target.includes('_bulk'),
      (request) => (request.path.includes('_bulk') ? bulk(request) : ELASTICSEARCH_9),
      (url) =>
        newElasticsearchSink(
          sinkOptions(url, { elasticsearchSetup: 'off', elasticsearchTimeoutMs: 60_000 }),
          {
            log: quiet,
          },
        ),
    ),
  'otlp-logs, http/protobuf': otlp(0, 'http/protobuf'),
  'otlp-traces, http/protobuf': otlp(1, 'http/protobuf'),
  'otlp-logs, http/json': otlp(0, 'http/json'),
  async store(t) {
    const folder = await makeDataDir(t);
    const sink = new StoreSink({
      file: path.join(folder, 'store.sqlite'),
      log: quiet,
      maxBytes: 1e9,
      maxAgeMs: 1e9,
    });
    t.teardown(() => sink.stop());
    return { sink };
  },
  async file(t) {
    const folder = path.join(await makeDataDir(t), 'logs');
    mkdirSync(folder);
    const file = path.join(folder, 'records.ndjson');
    const stateFile = path.join(await makeDataDir(t), 'state.json');
    const sink = newFileSink({
      file,
      stateFile,
      maxBytes: 1e9,
      maxAgeMs: 0,
      keep: 0,
      isSyncing: false,
      log: quiet,
    });
    t.teardown(() => sink.stop());
    return {
      sink,
      obstruct: () => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, 'in the way');
        return () => {
          rmSync(folder);
          mkdirSync(folder);
        };
      },
    };
  },
  stdout(t) {
    const stream = new PassThrough();
    stream.resume();
    const sink = newStdoutSink({ stream });
    t.teardown(() => sink.stop());
    return Promise.resolve({ sink });
  },
};

const records = [1, 2, 3].map((sequence) =>
  recordOf(sequence, {
    http: {
      request: {
        method: 'POST',
        headers: { 'x-secret': CANARY },
        body: { content: `{"a":"${CANARY}"}`, bytes: 10 },
      },
      response: { status_code: 200, body: { content: CANARY, bytes: 10 } },
    },
    url: { path: `/${CANARY}`, original: `/${CANARY}`, scheme: 'http', domain: 'x' },
    data_stream: { type: 'logs', dataset: 'tapline.http', namespace: 'default' },
    tapline: { kind: 'exchange', run: { id: 'run' }, thread: 0, connection: { id: 1 } },
  }),
);

let offset = 0;

function batch(): Batch {
  offset += 100;
  return {
    stream: { run: 'run', thread: 0 },
    records,
    bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    place: { segment: 1, offset },
    tries: 1,
    mayBeStoredSince: null,
  };
}

function assertSound(t: ExecutionContext, result: SendResult, what: string): void {
  const said = JSON.stringify(result);
  t.false(said.includes(CANARY), `${what}: ${said}`);
  if (result.kind === 'answered') t.is(result.items.length, records.length, what);
  else t.true(result.reason.length > 0, what);
  if (result.kind === 'retry' && result.retryAfterMs !== null) t.true(result.retryAfterMs >= 0, what);
}

for (const [name, make] of Object.entries(SINKS)) {
  test(`${name}: says what became of each record, and sound limits`, async (t) => {
    const { sink } = await make(t);
    t.regex(sink.name, /^[a-z][a-z-]*$/);
    for (const limit of Object.values(sink.limits)) t.true(limit >= 0 && Number.isFinite(limit));
    if (sink.ownPlaces !== null)
      t.is(sink.limits.maxConcurrency, 1, 'one that keeps places gets them in order');
    await sink.start(NO_SIGNAL);
    const sent = batch();
    const result = await sink.send(sent, NO_SIGNAL);
    assertSound(t, result, 'well');
    t.like(result, { kind: 'answered' });
    if (result.kind === 'answered') t.true(result.items.every(({ kind }) => kind === 'delivered'));
    if (sink.ownPlaces !== null) t.deepEqual(sink.ownPlaces.acknowledged(sent.stream), sent.place);
    t.is(typeof sink.epoch(), 'string');
  });

  test(`${name}: a batch without records is no fault`, async (t) => {
    const { sink } = await make(t);
    await sink.start(NO_SIGNAL);
    const result = await sink.send({ ...batch(), records: [], bytes: 0 }, NO_SIGNAL);
    t.deepEqual(result, { kind: 'answered', items: [] });
  });

  test(`${name}: stop is safe before start, and twice`, async (t) => {
    const { sink } = await make(t);
    await sink.stop();
    const other = (await make(t)).sink;
    await other.start(NO_SIGNAL);
    await other.stop();
    await other.stop();
    t.pass();
  });

  test(`${name}: nothing that goes wrong counts as delivered, rejects, or quotes a record`, async (t) => {
    const { sink, become, obstruct } = await make(t);
    await sink.start(NO_SIGNAL);
    if (become !== undefined)
      for (const fault of Object.keys(FAULTS) as Fault[]) {
        become(fault);
        const aborting = new AbortController();
        const timer = fault === 'hangs' ? setTimeout(() => aborting.abort(), 200) : undefined;
        const startMs = performance.now();
        const result = await sink.send(batch(), aborting.signal);
        clearTimeout(timer);
        assertSound(t, result, fault);
        t.not(result.kind, 'answered', `${fault}: ${JSON.stringify(result)}`);
        if (fault === 'hangs') t.true(performance.now() - startMs < 5000, 'an abort ends the try');
        if (['hangs', 'lost', 'cut', 'garbage'].includes(fault))
          t.like(result, { kind: 'retry', isAmbiguous: true }, `${fault}: ${JSON.stringify(result)}`);
        if (fault === 'busy') t.like(result, { kind: 'retry', isAmbiguous: false, retryAfterMs: 3000 });
        if (fault === 'unauthorized') t.is(result.kind, 'paused');
        if (fault === 'too-large') t.is(result.kind, 'too-large');
      }
    if (become !== undefined) {
      become('well');
      t.is((await sink.send(batch(), NO_SIGNAL)).kind, 'answered', 'and when all is well again it goes on');
    }
    if (obstruct !== undefined) {
      const clear = obstruct();
      const result = await sink.send(batch(), NO_SIGNAL);
      assertSound(t, result, 'obstructed');
      t.is(result.kind, 'retry');
      clear();
      t.is((await sink.send(batch(), NO_SIGNAL)).kind, 'answered');
    }
    t.pass();
  });

  test(`${name}: a try that is aborted before it begins ends at once`, async (t) => {
    const { sink, become } = await make(t);
    await sink.start(NO_SIGNAL);
    become?.('hangs');
    const startMs = performance.now();
    const result = await sink.send(batch(), AbortSignal.abort());
    assertSound(t, result, 'aborted');
    t.true(performance.now() - startMs < 5000);
    if (become !== undefined) t.is(result.kind, 'retry');
  });
}

test('stdout: a reader that does not read costs a try, and nothing is written twice', async (t) => {
  const written: string[] = [];
  let isBlocked = true;
  let go: (() => void) | null = null;
  const began = Promise.withResolvers<void>();
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, callback) {
      written.push(chunk.toString());
      began.resolve();
      if (isBlocked) go = callback;
      else callback();
    },
  });
  const sink = newStdoutSink({ stream });
  t.teardown(() => sink.stop());
  await sink.start(NO_SIGNAL);
  const aborting = new AbortController();
  const trying = sink.send(batch(), aborting.signal);
  await began.promise;
  aborting.abort();
  t.is((await trying).kind, 'retry');
  const again = sink.send({ ...batch(), tries: 2, mayBeStoredSince: '' }, NO_SIGNAL);
  isBlocked = false;
  go!();
  t.is((await again).kind, 'answered');
  t.is(written.join('').split('\n').length - 1, records.length);
});

test('every folder of sinks is in this suite', (t) => {
  const source = readFileSync(import.meta.filename, 'utf8');
  for (const folder of ['elasticsearch', 'otlp', 'store', 'file', 'stdout'])
    t.true(source.includes(`/sinks/${folder}/`));
});

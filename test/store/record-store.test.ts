import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { RequestHead, ResponseHead } from '../../src/codecs/http1/head.ts';
import { systemClock } from '../../src/gateway/system-clock.ts';
import { ByteBudget } from '../../src/records/byte-budget.ts';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { Recorder } from '../../src/records/recorder.ts';
import { parseQuery } from '../../src/store/query.ts';
import { type QueryOptions, RecordStore } from '../../src/store/record-store.ts';
import { recordOf } from '../support/records.ts';

function newStore(t: ExecutionContext): RecordStore {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-store-'));
  const store = RecordStore.open(path.join(folder, 'store.sqlite'));
  t.teardown(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

const place = (offset: number): { run: string; thread: number; segment: number; offset: number } => ({
  run: 'r',
  thread: 0,
  segment: 1,
  offset,
});

function find(store: RecordStore, query: string): number[] {
  return [...store.query(parseQuery(query), { limit: 100, order: 'oldest' })].map(
    ({ document }) => (JSON.parse(document) as { event: { sequence: number } }).event.sequence,
  );
}

test('records are found by every field', (t) => {
  const store = newStore(t);
  const post = {
    http: {
      request: {
        method: 'POST',
        headers: { 'x-tag': 'blue', 'user-agent': 'curl/8' },
        body: { content: 'a needle in it' },
      },
      response: {
        status_code: 503,
        mime_type: 'application/json',
        headers: { via: ['a', 'b'] },
        body: { content: 'ünïcode haystack' },
      },
    },
    url: { path: '/api/orders', original: '/api/orders?x=1', domain: 'shop.test' },
    error: { type: 'Timeout', message: 'it took too long' },
    client: { address: '10.0.0.7' },
    trace: { id: 'abc' },
  };
  store.insert(
    [
      recordOf(1),
      recordOf(2, { ...post, event: { sequence: 2, outcome: 'failure', duration: 2.5e9 } }),
      recordOf(3),
    ],
    place(10),
  );
  const cases: Record<string, number[]> = {
    '': [1, 2, 3],
    'method:POST': [2],
    'method:post': [2],
    'status:503': [2],
    'status>=500': [2],
    'status<500': [1, 3],
    'path:/api/*': [2],
    'path:/p/1': [1],
    'path:/p/?': [],
    'host:shop.test': [2],
    'duration>1s': [2],
    'duration<=3ms': [1, 3],
    'type:application/*': [2],
    'client:10.0.0.*': [2],
    'error:Timeout': [2],
    'outcome:failure': [2],
    'trace:abc': [2],
    'body:"needle in"': [2],
    'body:needl*': [2],
    'body:missing': [],
    'body:ÜNÏCODE': [2],
    'request.body:haystack': [],
    'response.body:haystack': [2],
    needle: [2],
    curl: [2],
    'header.x-tag:blue': [2],
    '-status>=500': [1, 3],
    'not method:POST': [1, 3],
    'status:503 or path:/p/3': [2, 3],
    '(status:503 or path:/p/3) -path:/api/*': [3],
    'sequence>=2': [2, 3],
    'time>=1970-01-01T00:00:03Z': [3],
    'path:"\'; drop table records; --"': [],
  };
  for (const [query, expected] of Object.entries(cases)) t.deepEqual(find(store, query), expected, query);
});

test('the newest come first, within bounds of time and number, and what came after one that is known', (t) => {
  const store = newStore(t);
  store.insert([recordOf(1), recordOf(2)], place(10));
  store.insert([recordOf(3), recordOf(4), recordOf(5)], place(20));
  const rows = (options: Partial<QueryOptions>): number[] =>
    [...store.query(parseQuery(''), { limit: 100, ...options })].map(({ rowid }) => rowid);
  t.deepEqual(rows({}), [5, 4, 3, 2, 1]);
  t.deepEqual(rows({ limit: 2 }), [5, 4]);
  t.deepEqual(rows({ limit: 0 }), []);
  t.deepEqual(rows({ sinceMs: 2000, order: 'oldest' }), [2, 3, 4, 5]);
  t.deepEqual(rows({ afterRowid: 3, order: 'oldest' }), [4, 5]);
  t.is(store.lastRowid, 5);
  while (store.expire({ maxBytes: 0, maxAgeMs: 1e12, nowMs: 5000 }));
  store.insert([recordOf(6)], place(30));
  t.deepEqual(rows({ afterRowid: 5 }), [6], 'numbers are not given twice');
});

/** Makes records of exchanges as the gateway does. */
function realExchanges(): (target: string, header: string, body: string) => RecordDocument {
  let sequence = 0;
  const recorder = new Recorder(
    {
      maxBodyBytes: 65_536,
      maxInflatedBytes: 65_536,
      redact: { headers: [], keys: [] },
      hmacKey: Buffer.alloc(32),
      serviceName: 'test',
      runId: 'r',
      thread: 0,
      hostName: 'host',
      dataset: 'tapline.http',
      namespace: 'default',
      observerVersion: '0',
    },
    {
      clock: systemClock,
      randomBytes: (size) => Buffer.from(Array.from({ length: size }, (_, index) => index % 251)),
      nextSequence: () => ++sequence,
      budget: new ByteBudget(1 << 20),
    },
  );
  return (target, header, body) => {
    const one = recorder.exchange({
      id: 1,
      remoteAddress: '10.0.0.9',
      remotePort: 4,
      localAddress: '127.0.0.1',
      localPort: 2,
      tls: null,
      upstream: '127.0.0.1:3',
      scheme: 'http',
    });
    const type = ['Content-Type', 'application/json'];
    one.requestHead(
      new RequestHead('POST', target, 'HTTP/1.1', ['Host', 'shop.test', 'X-Note', header, ...type]),
    );
    one.requestBody(Buffer.from(body));
    one.requestEnd();
    one.responseHead(new ResponseHead('HTTP/1.1', 418, 'Teapot', ['X-Answer', 'pong', ...type]));
    one.responseBody(Buffer.from('Grüße\nLine'));
    one.responseEnd();
    return one.finish()!;
  };
}

test('words are found in real records, wherever they stand, and blocks without them are passed over', (t) => {
  const store = newStore(t);
  const exchange = realExchanges();
  const records = [
    exchange('/first/path?q=searched', 'plainly', '{"a":"apple pie"}'),
    exchange('/second', 'noted', '{"a":"zzz"}'),
  ];
  for (const [index, record] of records.entries()) store.insert([record], place(index + 1));
  const cases: Record<string, number[]> = {
    searched: [1],
    first: [1],
    plainly: [1],
    'x-note': [1, 2],
    noted: [2],
    apple: [1],
    '"apple pie"': [1],
    '"pie apple"': [],
    appl: [],
    'body:appl*': [1],
    'appl*': [1, 2],
    grusse: [],
    'grü*': [1, 2],
    GRÜSSE: [],
    Grüße: [1, 2],
    line: [1, 2],
    pong: [1, 2],
    'status:418': [1, 2],
    'status:419': [],
    'client:10.0.0.9': [1, 2],
    'client:10.0.0.8': [],
    [`id:${records[1]!.id}`]: [2],
    [`id:${records[1]!.id.slice(0, -3)}*`]: [2],
    'path:/first/*': [1],
    'path:/fir*': [1],
    'path:*path': [1],
    'header.x-note:plain*': [1],
    'header.x-note:plain': [],
    'header.x-note:"plainly"': [1],
    '-apple': [2],
    'apple or zzz': [1, 2],
  };
  for (const [query, expected] of Object.entries(cases)) t.deepEqual(find(store, query), expected, query);
});

test('words are found in records that a script has changed, wherever it put them, also when their blocks were merged', (t) => {
  const store = newStore(t);
  const exchange = realExchanges();
  const changed = (
    change: (document: Record<string, unknown>) => Record<string, unknown>,
  ): RecordDocument => {
    const record = exchange('/first', 'noted', '{}');
    const document = change(JSON.parse(record.bytes.toString('utf8')) as Record<string, unknown>);
    return { ...record, bytes: Buffer.from(JSON.stringify(document)), roomBefore: 0, facts: undefined };
  };
  const records = [
    exchange('/first', 'noted', '{}'),
    changed((document) => ({ ...document, error: { type: 'slow', message: 'happened' } })),
    changed(({ url, ...document }) => ({ url: { ...(url as object), original: '/moved' }, ...document })),
    changed(({ http, ...document }) => ({
      ...document,
      http: { request: { headers: { 'x-late': 'tail' } }, was: http },
    })),
  ];
  for (let offset = 1; offset <= 36; offset++)
    store.insert([records[offset - 1] ?? exchange('/more', 'none', '{}')], place(offset));
  const cases: Record<string, number[]> = {
    happened: [2],
    'error:slow': [2],
    'error:slow happened': [2],
    moved: [3],
    'header.x-late:tail': [4],
    'tail first': [4],
    noted: [1, 2, 3],
  };
  for (const [query, expected] of Object.entries(cases)) t.deepEqual(find(store, query), expected, query);
  store.merge();
  for (const [query, expected] of Object.entries(cases))
    t.deepEqual(find(store, query), expected, `${query}, merged`);
});

test('a bad query says where', (t) => {
  for (const query of [
    'status>=',
    'colour:red',
    '(status:1',
    'status>=abc',
    'body:"open',
    'or',
    'duration>5parsecs',
  ])
    t.throws(() => parseQuery(query), { name: 'QueryError' }, query);
});

test('a record is stored once, with its place or not at all', (t) => {
  const store = newStore(t);
  store.insert([recordOf(1), recordOf(2)], place(10));
  store.insert([recordOf(2), recordOf(3)], place(20));
  t.deepEqual(find(store, ''), [1, 2, 3]);
  t.deepEqual({ ...store.place('r', 0)! }, { segment: 1, offset: 20 });
  t.throws(() => store.insert([recordOf(4)], { ...place(30), segment: {} as never }));
  t.deepEqual(find(store, ''), [1, 2, 3], 'both or neither');
  t.deepEqual({ ...store.place('r', 0)! }, { segment: 1, offset: 20 });
});

test('what is no record by its form is stored, and found by nothing that it lacks', (t) => {
  const store = newStore(t);
  const odd = [
    'no json',
    'null',
    '"text"',
    '[]',
    '{}',
    '{"event":null,"http":{"request":null,"response":7}}',
  ];
  const records = odd.map((text, index) => ({ ...recordOf(index + 1), bytes: Buffer.from(text) }));
  store.insert([...records, recordOf(7)], place(10));
  const documents = (query: string): string[] =>
    [...store.query(parseQuery(query), { limit: 100, order: 'oldest' })].map(({ document }) => document);
  t.deepEqual(documents('').slice(0, -1), odd);
  for (const query of ['body:number', 'number', 'header.x-tag:tag7', 'status:200', 'header.x-tag:*', 'num*'])
    t.deepEqual(find(store, query), [7], query);
  t.is(documents('not (header.x-tag:zzz or zzz)').length, 7);
  t.deepEqual(store.gaps('r', 0), []);
  t.is(store.streams()[0]!.records, 7);
});

test('the oldest are forgotten beyond age and size, and counted', (t) => {
  const store = newStore(t);
  store.insert(
    [1, 2, 3, 4].map((sequence) => recordOf(sequence)),
    place(10),
  );
  store.expire({ maxBytes: 1e12, maxAgeMs: 2500, nowMs: 5000 });
  t.deepEqual(find(store, ''), [3, 4]);
  t.deepEqual(find(store, 'body:number'), [3, 4]);
  const [stream] = store.streams();
  t.is(stream!.expiredThrough, 2);
  t.is(stream!.expiredRecords, 2);
  t.is(stream!.sourceBytes, 40, 'the bytes of forgotten records stay in the sum');
  while (store.expire({ maxBytes: 0, maxAgeMs: 1e12, nowMs: 5000 }));
  t.deepEqual(find(store, ''), []);
});

test('a late record behind newer ones waits for them, and keeps neither the processor busy nor others from being forgotten', (t) => {
  const store = newStore(t);
  const nowMs = 1e6;
  const at = (timestampMs: number, sequence: number): RecordDocument => ({
    ...recordOf(sequence),
    timestampMs,
  });
  let sequence = 0;
  for (let block = 0; block < 3; block++) {
    const newer = Array.from({ length: 999 }, () => at(nowMs - 30_000, ++sequence));
    store.insert([...newer, at(nowMs - 100_000, ++sequence)], place(sequence));
  }
  const bounds = { maxBytes: 1e12, maxAgeMs: 60_000 };
  t.false(store.expire({ ...bounds, nowMs }), 'nothing can be forgotten, so there is no more to do');
  t.is(store.streams()[0]!.records, 3000);
  store.insert([at(nowMs - 90_000, ++sequence), at(nowMs, ++sequence)], place(sequence));
  t.false(store.expire({ ...bounds, nowMs }));
  t.is(store.streams()[0]!.records, 3001, 'what is due and no newer one is before it');
  let calls = 1;
  while (store.expire({ ...bounds, nowMs: nowMs + 40_000 })) calls++;
  t.is(calls, 2);
  t.is(store.streams()[0]!.records, 1);
});

test('what is kept of a block that lost its oldest has its numbers and words still', (t) => {
  const store = newStore(t);
  store.insert(
    [1, 2, 3, 4].map((sequence) => recordOf(sequence)),
    place(10),
  );
  store.insert([recordOf(5)], place(20));
  store.expire({ maxBytes: 1e12, maxAgeMs: 2500, nowMs: 5000 });
  const rows = [...store.query(parseQuery('body:number'), { limit: 9 })].map(({ rowid }) => rowid);
  t.deepEqual(rows, [5, 4, 3]);
  t.deepEqual([...store.sequences('r', 0)], [3, 4, 5]);
  store.expire({ maxBytes: 1e12, maxAgeMs: 2500, nowMs: 6200 });
  t.deepEqual(find(store, ''), [3, 4, 5], 'a block that spans no more than a second waits for its newest');
  store.expire({ maxBytes: 1e12, maxAgeMs: 2500, nowMs: 7000 });
  t.deepEqual(find(store, ''), [5]);
  t.is(store.streams()[0]!.expiredRecords, 4);
});

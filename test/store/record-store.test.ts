import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseQuery } from '../../src/store/query.ts';
import { RecordStore } from '../../src/store/record-store.ts';
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
  t.throws(() => store.insert([recordOf(4), { ...recordOf(5), bytes: Buffer.from('not json') }], place(30)));
  t.deepEqual(find(store, ''), [1, 2, 3], 'both or neither');
  t.deepEqual({ ...store.place('r', 0)! }, { segment: 1, offset: 20 });
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

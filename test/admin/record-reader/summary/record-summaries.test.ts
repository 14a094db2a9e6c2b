import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { RecordSummaries } from '../../../../src/admin/record-reader/summary/record-summaries.ts';
import type { RecordSummary } from '../../../../src/admin/api/records/record-summary.ts';
import type { EcsDocument } from '../../../../src/records/ecs-document.ts';
import type { RecordDocument } from '../../../../src/records/record-document.ts';
import { parseQuery } from '../../../../src/store/query.ts';
import { RecordStore } from '../../../../src/store/record-store.ts';
import { gapOf, recordOf } from '../../../support/records.ts';

interface Fixture {
  readonly store: RecordStore;
  readonly insert: (records: readonly RecordDocument[]) => void;
  readonly summary: (
    query?: string,
    more?: { sinceMs?: number; untilMs?: number; buckets?: number },
  ) => RecordSummary;
  readonly count: (query: string, sinceMs?: number) => number;
  /** How many blocks were read since this was asked last. */
  readonly blocksRead: () => number;
}

/** A store, and summaries of it that remember. */
function newFixture(t: Pick<ExecutionContext, 'teardown'>): Fixture {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-summary-'));
  const store = RecordStore.open(path.join(folder, 'store.sqlite'));
  const reader = RecordStore.open(path.join(folder, 'store.sqlite'), { isReadOnly: true });
  t.teardown(() => {
    reader.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { reading } = reader;
  let blocks = 0;
  const read = reading.block.bind(reading);
  reading.block = (found) => {
    blocks++;
    return read(found);
  };
  const summaries = new RecordSummaries(reading);
  let offset = 0;
  return {
    store,
    insert: (records) => {
      store.insert(records, { run: 'r', thread: 0, segment: 1, offset: ++offset });
    },
    summary: (query = '', { sinceMs = -Infinity, untilMs = Infinity, buckets = 120 } = {}) => {
      const question = { type: 'summary', query: parseQuery(query), sinceMs, untilMs, buckets } as const;
      const turns = summaries.answer(question, 1e6);
      let turn = turns.next();
      while (turn.done !== true) turn = turns.next();
      return turn.value;
    },
    blocksRead: () => {
      const since = blocks;
      blocks = 0;
      return since;
    },
    count: (query, sinceMs = 0) => [...store.query(parseQuery(query), { limit: 1e6, sinceMs })].length,
  };
}

const exchange = (
  sequence: number,
  {
    host,
    path,
    method,
    status,
    durationNs = 1e6,
  }: { host?: unknown; path?: unknown; method?: unknown; status?: unknown; durationNs?: number },
): RecordDocument =>
  recordOf(sequence, {
    event: { id: '', sequence, outcome: 'success', duration: durationNs },
    http: { request: { method }, response: { status_code: status } },
    url: { path, domain: host },
  });

test('facets have counts, the most frequent first, and first segments that are common are told in more detail', (t) => {
  const { insert, summary } = newFixture(t);
  const paths = [
    '/api/orders',
    '/api/orders',
    '/API/orders/7',
    '/api/users/8',
    '/api/9',
    '/health',
    '/static/a.js',
  ];
  insert(
    paths.map((one, index) =>
      exchange(index + 1, {
        path: one,
        host: index < 4 ? 'a.test' : 'B.test',
        method: 'GET',
        status: index < 5 ? 200 : 404,
      }),
    ),
  );
  const { facets, matching, isComplete, throughRow, cutFacets } = summary();
  t.is(matching, 7);
  t.true(isComplete);
  t.is(throughRow, 7);
  t.deepEqual(cutFacets, []);
  t.deepEqual(facets.path, [
    { value: '/api/*', count: 5, query: 'path:/api/*' },
    { value: '/api/orders', count: 2, query: 'path:/api/orders' },
    { value: '/API/orders/*', count: 1, query: 'path:/API/orders/*' },
    { value: '/api/users/*', count: 1, query: 'path:/api/users/*' },
    { value: '/health', count: 1, query: 'path:/health' },
    { value: '/static/*', count: 1, query: 'path:/static/*' },
  ]);
  t.deepEqual(facets.host, [
    { value: 'a.test', count: 4, query: 'host:a.test' },
    { value: 'B.test', count: 3, query: 'host:B.test' },
  ]);
  t.deepEqual(facets.status, [
    { value: '2xx', count: 5, query: 'status>=200 status<300' },
    { value: '4xx', count: 2, query: 'status>=400 status<500' },
  ]);
  t.deepEqual(facets.method, [{ value: 'GET', count: 7, query: 'method:GET' }]);
  t.deepEqual(facets.kind, [{ value: 'exchange', count: 7, query: 'kind:exchange' }]);
});

test('the histogram has outcomes, latencies, and what gaps tell of at their time', (t) => {
  const { insert, summary } = newFixture(t);
  const fast = Array.from({ length: 90 }, (_, index) => ({
    ...exchange(index + 1, { status: 200, durationNs: 1e6 }),
    timestampMs: 10_000,
  }));
  const slow = Array.from({ length: 10 }, (_, index) => ({
    ...exchange(index + 91, { status: 503, durationNs: 2e9 }),
    timestampMs: 10_500,
  }));
  const refused = { ...exchange(101, { status: 404, durationNs: 5e6 }), timestampMs: 12_000 };
  const gap = {
    ...gapOf(
      { from: 102, to: 141, count: 40, reason: 'spool-full', sourceBytes: 0, destinationBytes: 0 },
      142,
    ),
    timestampMs: 13_000,
  };
  insert([...fast, ...slow, refused, gap]);
  const { histogram, oldestMs, newestMs, matching } = summary();
  t.is(matching, 102);
  t.deepEqual([oldestMs, newestMs], [10_000, 13_000]);
  t.is(histogram.startMs, 10_000);
  t.is(histogram.stepMs, 1000);
  t.is(histogram.buckets.length, 4);
  const [first, second, third, fourth] = histogram.buckets;
  t.deepEqual([first!.success, first!.clientError, first!.serverError, first!.missing], [90, 0, 10, 0]);
  const near = (value: number | null, ns: number): boolean =>
    t.true(Math.abs(value! - ns) < 0.05 * ns, `${value}`);
  near(first!.p50, 1e6);
  near(first!.p95, 2e9);
  near(first!.p99, 2e9);
  t.deepEqual(second, {
    success: 0,
    clientError: 0,
    serverError: 0,
    missing: 0,
    p50: null,
    p95: null,
    p99: null,
  });
  t.is(third!.clientError, 1);
  t.is(fourth!.missing, 40);
  t.is(fourth!.p50, null);
  t.is(summary('', { buckets: 2 }).histogram.stepMs, 2000);
  const asked = summary('', { sinceMs: 9000, untilMs: 12_000 });
  t.is(asked.matching, 100);
  t.deepEqual([asked.histogram.startMs, asked.histogram.buckets.length], [9000, 3]);
});

test('an empty store has an empty summary', (t) => {
  const { summary } = newFixture(t);
  const { matching, oldestMs, facets, histogram, throughRow } = summary();
  t.deepEqual([matching, oldestMs, throughRow], [0, null, 0]);
  t.deepEqual(facets.status, []);
  t.is(histogram.buckets.length, 1);
});

test('asked again, only what is new is read, whatever else was asked between; of many queries, those that were asked last', (t) => {
  const { store, insert, summary, blocksRead } = newFixture(t);
  for (let sequence = 1; sequence <= 20; sequence++) insert([exchange(sequence, { status: 200 })]);
  t.is(summary().matching, 20);
  t.is(blocksRead(), 20);
  t.is(summary().matching, 20);
  t.is(summary('', { sinceMs: 15_000 }).matching, 6);
  t.is(blocksRead(), 0);
  insert([exchange(21, { status: 200 })]);
  t.is(summary().matching, 21);
  t.is(blocksRead(), 1);
  t.is(summary('status:200').matching, 21);
  blocksRead();
  for (let other = 1; other < 8; other++) summary(`sequence>${other}`);
  blocksRead();
  t.is(summary('status:200').matching, 21);
  t.is(blocksRead(), 0);
  summary('sequence>8');
  blocksRead();
  summary('sequence>1');
  t.is(blocksRead(), 21, 'forgotten for others');
  while (store.expire({ maxBytes: 1e12, maxAgeMs: 11_000, nowMs: 21_000 }));
  t.is(summary('status:200').matching, 12);
  t.is(blocksRead(), 0, 'what is forgotten is not counted, without reading the rest');
});

test('more values than can be told apart: the frequent ones are counted, and it is said that others are not', (t) => {
  const { insert, summary } = newFixture(t);
  let sequence = 0;
  for (let batch = 0; batch < 7; batch++)
    insert(
      Array.from({ length: 1000 }, () =>
        exchange(++sequence, { host: sequence % 5 === 0 ? 'often.test' : `host-${sequence}`, status: 200 }),
      ),
    );
  const { facets, cutFacets, matching } = summary();
  t.is(matching, 7000);
  t.deepEqual(cutFacets, ['host']);
  t.is(facets.host[0]!.value, 'often.test');
  t.is(facets.host[0]!.count, 1400);
});

test('a summary that is asked for again is the same as a new one, whatever was stored, merged or forgotten, and each term finds what is counted', (t) => {
  const hostile = fc.constantFrom(
    '/',
    '/api/orders',
    '/api/orders/1',
    '/API/users',
    '/a b/"c"',
    '/a\\b',
    '/*/x',
    '/a/(or)/b',
    '//',
    '/\ud800/x',
    '/x\n\ty/z',
    '/İΣ/Σ',
    `/${'y'.repeat(250)}/1`,
    '/__proto__/a',
    '',
    'or',
    'not',
    '-x',
    'a:b',
    '>=1',
    '=x',
    'x'.repeat(199),
    'x'.repeat(200),
    'x'.repeat(300),
    'ΑΣ',
    'ας',
  );
  const value = fc.oneof(
    hostile,
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constant(7),
    fc.constant(undefined),
  );
  const facts = fc.record({
    host: value,
    path: value,
    method: value,
    status: fc.oneof(fc.integer({ min: -1, max: 700 }), fc.constantFrom(undefined, 'x', 200.5, 1e300)),
    kind: fc.constantFrom('exchange', 'tunnel', 'or', '"', '*'),
  });
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('insert' as const),
        batches: fc.array(fc.array(facts, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'merge' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('expire' as const), kept: fc.integer({ min: 1, max: 40 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('ask' as const),
        query: fc.constantFrom('', 'status>=300', '-method:get', 'path:/api/*', 'kind:exchange'),
        since: fc.constantFrom(-Infinity, 5000),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 14 }), (steps) => {
      const ends: (() => void)[] = [];
      const own = { teardown: (end: unknown) => ends.push(end as () => void) } as never;
      try {
        const { store, insert, summary, count } = newFixture(own);
        let sequence = 0;
        for (const one of [...steps, { type: 'ask' as const, query: '', since: -Infinity }])
          if (one.type === 'insert')
            for (const batch of one.batches)
              insert(
                batch.map(({ kind, ...rest }) => {
                  const record = exchange(++sequence, rest);
                  const document = JSON.parse(record.bytes.toString()) as EcsDocument;
                  return {
                    ...record,
                    bytes: Buffer.from(JSON.stringify({ ...document, tapline: { kind } })),
                  };
                }),
              );
          else if (one.type === 'merge') store.merge();
          else if (one.type === 'expire')
            while (store.expire({ maxBytes: 1e12, maxAgeMs: one.kept * 1000, nowMs: sequence * 1000 }));
          else {
            const got = summary(one.query, { sinceMs: one.since });
            const all = `(${one.query === '' ? 'sequence>=0' : one.query})`;
            const since = Math.max(0, one.since);
            if (got.matching !== count(all, since)) throw new Error(`${got.matching} matching`);
            for (const [facet, values] of Object.entries(got.facets))
              for (const { query, count: counted } of values)
                if (counted !== count(`${all} ${query}`, since))
                  throw new Error(
                    `${facet} ${query}: ${counted} instead of ${count(`${all} ${query}`, since)}`,
                  );
            const inBuckets = got.histogram.buckets.reduce(
              (sum, { success, clientError, serverError }) => sum + success + clientError + serverError,
              0,
            );
            if (inBuckets !== got.matching) throw new Error(`${inBuckets} in buckets`);
            const statuses = got.facets.status.reduce((sum, { count: counted }) => sum + counted, 0);
            if (statuses !== got.matching) throw new Error(`${statuses} by status`);
          }
      } finally {
        for (const end of ends) end();
      }
      return true;
    }),
    { numRuns: 30 },
  );
  t.pass();
});

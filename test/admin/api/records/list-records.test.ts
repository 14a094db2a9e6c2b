import test from 'ava';
import * as fc from 'fast-check';
import { recordEndpoints } from '../../../../src/admin/api/records/record-endpoints.ts';
import type { RecordRow } from '../../../../src/admin/api/records/record-row.ts';
import type { AdminAnswer } from '../../../../src/admin/endpoint.ts';
import { askEndpoint, bodyOf } from '../../../support/ask-endpoint.ts';
import { recordFile } from '../../../support/record-file.ts';
import { gapOf, recordOf } from '../../../support/records.ts';

const nextOf = ({ headers }: AdminAnswer): string | null =>
  /^<([^>]+)>; rel="next"$/.exec(headers?.['Link'] ?? '')?.[1] ?? null;

const linesOf = async (answer: AdminAnswer): Promise<Record<string, unknown>[]> =>
  (await bodyOf(answer))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('documents and rows, newest or oldest first, page by page', async (t) => {
  const { reader, insert } = recordFile(t);
  const endpoints = recordEndpoints(reader);
  insert([1, 2, 3].map((sequence) => recordOf(sequence)));
  insert([4, 5].map((sequence) => recordOf(sequence)));
  const documents = await askEndpoint(endpoints, 'GET', '/api/records?limit=2');
  t.is(documents.headers!['Content-Type'], 'application/x-ndjson');
  t.deepEqual(
    (await linesOf(documents)).map(({ event }) => (event as { sequence: number }).sequence),
    [5, 4],
  );
  t.is(nextOf(documents), '/api/records?limit=2&before=4');
  const rows = async (target: string): Promise<number[]> =>
    (await linesOf(await askEndpoint(endpoints, 'GET', target))).map(({ row }) => row as number);
  t.deepEqual(await rows('/api/records?view=rows&before=4&limit=2'), [3, 2]);
  t.deepEqual(await rows('/api/records?view=rows&order=oldest&after=2'), [3, 4, 5]);
  t.deepEqual(await rows('/api/records?view=rows&query=sequence>=2%20sequence<5'), [4, 3, 2]);
  t.deepEqual(await rows('/api/records?view=rows&since=2000&until=1970-01-01T00:00:04Z'), [3, 2]);
  t.deepEqual(await rows('/api/records?view=rows&since=10m'), []);
  t.is(nextOf(await askEndpoint(endpoints, 'GET', '/api/records?limit=5')), null, 'no more than these');
});

test('a row has what a list shows; of a gap, what is missing', async (t) => {
  const { reader, insert } = recordFile(t);
  insert([
    recordOf(1, {
      tapline: { kind: 'exchange', connection: { id: 1 }, redacted: 1, response: { from_gateway: true } },
    }),
    gapOf({ from: 2, to: 9, count: 8, reason: 'spool-full', sourceBytes: 1, destinationBytes: 2 }, 10),
  ]);
  const [gap, exchange] = (await linesOf(
    await askEndpoint(recordEndpoints(reader), 'GET', '/api/records?view=rows'),
  )) as unknown as RecordRow[];
  t.deepEqual(exchange, {
    row: 1,
    id: '00000000-0000-7000-8000-000000000001',
    run: 'r',
    thread: 0,
    sequence: 1,
    timestampMs: 1000,
    kind: 'exchange',
    method: 'GET',
    host: 'example.test',
    path: '/p/1',
    status: 200,
    durationNs: 1e6,
    mimeType: null,
    outcome: 'success',
    errorType: null,
    client: null,
    trace: null,
    connection: 1,
    sourceBytes: 10,
    destinationBytes: 20,
    marks: ['redacted', 'gateway'],
  });
  t.is(gap!.kind, 'gap');
  t.deepEqual(gap!.marks, []);
  t.deepEqual(gap!.gap, { from: 2, to: 9, count: 8, reason: 'spool-full' });
});

test('a long list comes in pieces, read when the last one is taken, and its head says where it goes on', async (t) => {
  const { reader, insert } = recordFile(t);
  const body = 'x'.repeat(20_000);
  for (let from = 1; from <= 120; from += 30)
    insert(
      Array.from({ length: 30 }, (_, index) =>
        recordOf(from + index, { http: { response: { body: { content: body } } } }),
      ),
    );
  const answer = await askEndpoint(recordEndpoints(reader), 'GET', '/api/records?limit=100');
  t.is(nextOf(answer), '/api/records?limit=100&before=21');
  const sizes: number[] = [];
  let text = '';
  for await (const piece of answer.body as AsyncIterable<Buffer>) {
    sizes.push(piece.length);
    text += piece.toString();
    // What is stored meanwhile does not move the list.
    insert([recordOf(1000 + sizes.length)]);
  }
  t.true(sizes.length > 4 && Math.max(...sizes) < 300_000, String(sizes));
  const sequences = text
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { event: { sequence: number } }).event.sequence);
  t.deepEqual(
    sequences,
    Array.from({ length: 100 }, (_, index) => 120 - index),
  );
});

test('what cannot be read is said with its place', async (t) => {
  const { reader, insert } = recordFile(t);
  insert([recordOf(1)]);
  const endpoints = recordEndpoints(reader);
  const refusal = async (query: string): Promise<Record<string, unknown>> => {
    const answer = await askEndpoint(endpoints, 'GET', `/api/records?${query}`);
    t.is(answer.status, 400, query);
    return JSON.parse(await bodyOf(answer)) as Record<string, unknown>;
  };
  t.is((await refusal('query=path:/a%20status>=abc'))['column'], 17);
  for (const [query, name] of [
    ['limit=0', 'limit'],
    ['limit=10001', 'limit'],
    ['limit=1e3', 'limit'],
    ['before=-1', 'before'],
    ['since=yesterday', 'since'],
    ['order=up', 'order'],
    ['view=table', 'view'],
    [`query=${'a'.repeat(2001)}`, 'query'],
  ])
    t.regex((await refusal(query!))['error'] as string, new RegExp(`^${name}: `), query);
  for (const deep of [
    '('.repeat(2000),
    `${'('.repeat(990)}a${')'.repeat(990)}`,
    `${'-'.repeat(1990)}a`,
    'a or '.repeat(390) + 'a',
  ])
    t.true(
      [200, 400].includes(
        (await askEndpoint(endpoints, 'GET', `/api/records?query=${encodeURIComponent(deep)}`)).status,
      ),
    );
});

test('a program without a store says so', async (t) => {
  const answer = await askEndpoint(recordEndpoints(null), 'GET', '/api/records');
  t.is(answer.status, 404);
  t.regex(await bodyOf(answer), /--store=off/);
});

test('pages have each record once, in order, whatever is stored, merged or forgotten between them', async (t) => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('insert' as const),
        sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'merge' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('expire' as const),
        share: fc.double({ min: 0, max: 0.5, noNaN: true }),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ type: 'page' as const }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 25 }),
      fc.constantFrom('newest', 'oldest'),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom('', 'sequence>=7', 'body:number', 'path:/p/1*', '-tag3', 'time>=1970-01-01T00:00:30Z'),
      async (steps, order, limit, query) => {
        const ends: (() => unknown)[] = [];
        const { reader, store, insert } = recordFile({ teardown: (end) => ends.push(end!) });
        try {
          const endpoints = recordEndpoints(reader);
          let sequence = 0;
          // What is stored, as whoever reads all of it sees it: row and document.
          let model: number[] = [];
          let target: string | null =
            `/api/records?view=rows&order=${order}&limit=${limit}&query=${encodeURIComponent(query)}`;
          const seen: number[] = [];
          const matches = (row: number): boolean =>
            query === '' ||
            query === 'body:number' ||
            (query === 'sequence>=7'
              ? row >= 7
              : query === '-tag3'
                ? row !== 3
                : query === 'path:/p/1*'
                  ? String(row).startsWith('1')
                  : row >= 30);
          insert([recordOf(++sequence)]);
          model.push(sequence);
          for (const one of [...steps, { type: 'page' as const }]) {
            if (one.type === 'insert')
              for (const size of one.sizes) {
                const records = Array.from({ length: size }, () => recordOf(++sequence));
                insert(records);
                model.push(...records.map((record) => record.sequence));
              }
            else if (one.type === 'merge') store.merge();
            else if (one.type === 'expire') {
              const nowMs = sequence * 1000;
              while (store.expire({ maxBytes: 1e12, maxAgeMs: nowMs * (1 - one.share), nowMs }));
              const left = new Set<number>();
              for (const { rowid } of store.query({ kind: 'all' }, { limit: 1e6 })) left.add(rowid);
              model = model.filter((row) => left.has(row));
            } else if (target !== null) {
              const last: number | null = seen.at(-1) ?? null;
              const answer: AdminAnswer = await askEndpoint(endpoints, 'GET', target);
              const page = (await linesOf(answer)).map(({ row }) => row as number);
              const all = order === 'newest' ? model.toReversed() : model;
              const due = all.filter(
                (row) => matches(row) && (last === null || (order === 'newest' ? row < last : row > last)),
              );
              if (page.join() !== due.slice(0, limit).join())
                throw new Error(`${page.join()} instead of ${due.slice(0, limit).join()}`);
              target = nextOf(answer);
              if ((target !== null) !== due.length > limit) throw new Error('the link says otherwise');
              seen.push(...page);
            }
          }
        } finally {
          for (const end of ends) await end();
        }
      },
    ),
    { numRuns: 15 },
  );
  t.pass();
});

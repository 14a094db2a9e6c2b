import test from 'ava';
import { batchOf, ELASTICSEARCH_9, makeSink, NO_SIGNAL } from '../../support/elasticsearch.ts';
import { recordOf } from '../../support/records.ts';
import {
  type ScriptedAnswer,
  type ScriptedServer,
  startScriptedServer,
} from '../../support/scripted-server.ts';

const { headers } = ELASTICSEARCH_9;
const STREAM = 'logs-tapline.http-default';
const RECORDS = [recordOf(1), recordOf(2), recordOf(3)];

interface Store {
  /** Backing indices, oldest first, with the ids that each holds. */
  indices: [string, Set<string>][];
  /** Called when a bulk has come, before it is carried out. */
  beforeBulk?: () => void;
  mget?: ScriptedAnswer;
  stream?: ScriptedAnswer;
}

/** A server that keeps ids per index, as Elasticsearch does: unique in one index only. */
function startStore(t: Parameters<typeof startScriptedServer>[0], store: Store): Promise<ScriptedServer> {
  return startScriptedServer(t, ({ path: asked, body }) => {
    if (asked === '/') return ELASTICSEARCH_9;
    if (asked.startsWith('/_data_stream'))
      return (
        store.stream ?? {
          headers,
          body: {
            data_streams: [
              { name: STREAM, indices: store.indices.map(([index]) => ({ index_name: index })) },
            ],
          },
        }
      );
    if (asked.includes('/_mget')) {
      if (store.mget !== undefined) return store.mget;
      const held = store.indices.find(([index]) => asked.startsWith(`/${index}/`))?.[1];
      if (held === undefined) return { status: 404, headers, body: {} };
      const { ids } = JSON.parse(body) as { ids: string[] };
      return { headers, body: { docs: ids.map((id) => ({ _id: id, found: held.has(id) })) } };
    }
    store.beforeBulk?.();
    const [index, held] = store.indices.at(-1)!;
    const items = [...body.matchAll(/^\{"create":\{"_id":"([^"]+)"/gm)].map(([, id]) => {
      const status = held.has(id!) ? 409 : 201;
      held.add(id!);
      return { create: { _id: id, _index: index, status } };
    });
    return { headers, body: { errors: false, items } };
  });
}

function copies(store: Store): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, held] of store.indices) for (const id of held) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

const READY = { elasticsearchSetup: 'off' } as const;

test('while the write index is the same, create and 409 suffice: nobody is asked for ids', async (t) => {
  const store: Store = { indices: [['.ds-a-000001', new Set([RECORDS[0]!.id])]] };
  const server = await startStore(t, store);
  const { sink } = makeSink(t, server.url, READY);
  await sink.start(NO_SIGNAL);
  t.is(sink.epoch(), '.ds-a-000001');
  t.deepEqual(await sink.send(batchOf(RECORDS, sink.epoch()), NO_SIGNAL), {
    kind: 'answered',
    items: [{ kind: 'duplicate' }, { kind: 'delivered' }, { kind: 'delivered' }],
  });
  t.false(server.requests.some(({ path: asked }) => asked.includes('_mget')));
});

test('indices since the first try are asked, those before it are not, those that expired hold nothing', async (t) => {
  const store: Store = {
    indices: [
      ['.ds-a-000001', new Set([RECORDS[0]!.id])],
      ['.ds-a-000002', new Set([RECORDS[1]!.id])],
      ['.ds-a-000003', new Set()],
    ],
  };
  const server = await startStore(t, store);
  const { sink } = makeSink(t, server.url, READY);
  await sink.start(NO_SIGNAL);
  t.deepEqual(await sink.send(batchOf(RECORDS.slice(1), '.ds-a-000002'), NO_SIGNAL), {
    kind: 'answered',
    items: [{ kind: 'duplicate' }, { kind: 'delivered' }],
  });
  t.deepEqual(
    server.requests
      .filter(({ path: asked }) => asked.includes('_mget'))
      .map(({ path: asked }) => asked.split('/')[1]),
    ['.ds-a-000002'],
  );
  t.deepEqual(await sink.send(batchOf(RECORDS, '.ds-a-000000'), NO_SIGNAL), {
    kind: 'answered',
    items: RECORDS.map(() => ({ kind: 'duplicate' })),
  });
  t.deepEqual(copies(store), Object.fromEntries(RECORDS.map(({ id }) => [id, 1])));
});

test('the first try began before there was a stream: all indices are asked', async (t) => {
  const store: Store = {
    indices: [
      ['.ds-a-000001', new Set([RECORDS[0]!.id])],
      ['.ds-a-000002', new Set()],
    ],
  };
  const server = await startStore(t, store);
  const { sink } = makeSink(t, server.url, READY);
  await sink.start(NO_SIGNAL);
  t.like(await sink.send(batchOf(RECORDS, ''), NO_SIGNAL), {
    items: [{ kind: 'duplicate' }, { kind: 'delivered' }, { kind: 'delivered' }],
  });
});

test('a rollover after the ids were asked for is noticed, and second copies are told of', async (t) => {
  const store: Store = { indices: [['.ds-a-000001', new Set([RECORDS[0]!.id])]] };
  store.beforeBulk = () => {
    if (store.indices.length === 1) store.indices.push(['.ds-a-000002', new Set()]);
  };
  const server = await startStore(t, store);
  const { sink, lines } = makeSink(t, server.url, READY);
  await sink.start(NO_SIGNAL);
  t.like(await sink.send(batchOf(RECORDS, '.ds-a-000001'), NO_SIGNAL), { kind: 'answered' });
  t.is(sink.epoch(), '.ds-a-000002');
  t.deepEqual(
    lines.filter((line) => line.startsWith('warn')),
    [
      `warn [elasticsearch] 1 record is held twice: ${STREAM} rolled over between two tries; "tapline verify --elasticsearch" names it`,
    ],
  );
});

test('what cannot be asked is not taken for an answer', async (t) => {
  const store: Store = {
    indices: [
      ['.ds-a-000001', new Set()],
      ['.ds-a-000002', new Set()],
    ],
  };
  const server = await startStore(t, store);
  const { sink, lines } = makeSink(t, server.url, READY);
  await sink.start(NO_SIGNAL);
  const bulks = (): number => server.requests.filter(({ path: asked }) => asked.includes('_bulk')).length;
  for (const mget of [
    { status: 503, headers, body: {} },
    {
      headers,
      body: { docs: [{ _id: RECORDS[0]!.id, error: { type: 'no_shard_available_action_exception' } }] },
    },
    { headers, body: 'no JSON' },
    { ending: 'lost' as const },
  ]) {
    store.mget = mget;
    t.like(await sink.send(batchOf(RECORDS, '.ds-a-000001'), NO_SIGNAL), {
      kind: 'retry',
      isAmbiguous: true,
    });
  }
  t.is(bulks(), 0, 'nothing was sent meanwhile');
  delete store.mget;
  store.stream = { status: 403, headers, body: { error: { type: 'security_exception', reason: 'no' } } };
  for (let again = 0; again < 2; again++)
    t.like(await sink.send(batchOf(RECORDS, '.ds-a-000001'), NO_SIGNAL), { kind: 'answered' });
  t.deepEqual(
    lines.filter((line) => line.startsWith('warn')),
    [
      `warn [elasticsearch] cannot see when ${STREAM} rolls over: the privilege is missing: index privilege view_index_metadata on ${STREAM}; tapline setup elasticsearch --dry-run prints a role that suffices; until then a record may be held twice where a try was cut off and the stream rolled over before the next`,
    ],
  );
});

import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { gapDocument } from '../../../src/records/ecs/gap-document.ts';
import { recordMappings } from '../../../src/sinks/elasticsearch/mappings.ts';
import { LATEST } from '../../../src/sinks/elasticsearch/server.ts';
import { batchOf, makeSink, NO_SIGNAL, uniqueDataset } from '../../support/elasticsearch.ts';
import { answering, OK, startFixture } from '../../support/fixture.ts';
import { sharedPeer, stopSharedPeers, testWithPeer } from '../../support/peers.ts';
import { recordOf } from '../../support/records.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- documents of many shapes
type Json = any;

/** Paths of a document that the mapping does not know. */
function unmapped(document: Json, mapping: Json, at = ''): string[] {
  if (mapping === undefined) return [at];
  if (mapping.properties === undefined || typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) =>
    unmapped(value, mapping.properties[name], at === '' ? name : `${at}.${name}`),
  );
}

test.after.always(stopSharedPeers);

/** Records of all kinds, out of a gateway. */
async function recordsOfAllKinds(t: ExecutionContext): Promise<Json[]> {
  const body = gzipSync('{"password":"x","a":1}');
  const fixture = await startFixture(
    t,
    answering((head) =>
      head.includes('/gzip')
        ? Buffer.concat([
            Buffer.from(
              `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
            ),
            body,
          ])
        : head.includes('/bad')
          ? 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc'
          : OK,
    ),
    ['--dataset=shop', '--namespace=blue', '--max-body-capture=1k'],
  );
  const get = (path: string, more = '', payload = ''): string =>
    `POST ${path} HTTP/1.1\r\nHost: shop.test:81\r\nContent-Length: ${payload.length}\r\n${more}\r\n${payload}`;
  for (const request of [
    get(
      '/gzip?q=1#part',
      'Referer: http://a/\r\nUser-Agent: test\r\nExpect: 100-continue\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n',
    ),
    get('/bad', 'Content-Type: text/plain\r\n', 'x'.repeat(5000)),
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(9000)}\r\n\r\n`,
    'nonsense\r\n\r\n',
  ])
    await fixture.exchange(request);
  const { records } = await fixture.finish();
  t.true(records.length >= 4);
  const gap = gapDocument(
    { from: 1, to: 2, count: 2, reason: 'spool-full', sourceBytes: 1, destinationBytes: 2 },
    {
      serviceName: 'a',
      runId: 'r',
      thread: 0,
      observerVersion: '1',
      hostName: 'h',
      dataset: 'shop',
      namespace: 'blue',
    },
    { id: 'i', sequence: 3, timestampMs: 0 },
  );
  return [...records, gap];
}

test('so are those that other options add', (t) => {
  const more = {
    parent: { id: 'b7ad6b7169203331' },
    network: { forwarded_ip: '10.0.0.1' },
    tapline: {
      rule: 'health',
      capture: 'count',
      client: { from: 'x-forwarded-for', malformed: true, conflict: true },
      injected: { headers: { traceparent: 'x' }, removed: ['forwarded'] },
      summary: {
        count: 1,
        source_bytes: 1,
        destination_bytes: 1,
        duration: 1,
        status: { '2xx': 1, none: 1 },
      },
    },
  };
  t.deepEqual(unmapped(more, recordMappings(LATEST, 'shop')), []);
});

test('every field of a record is mapped', async (t) => {
  const mapping = recordMappings(LATEST, 'shop');
  for (const record of await recordsOfAllKinds(t)) {
    t.deepEqual(unmapped(record, mapping), []);
    t.deepEqual(record.data_stream, { type: 'logs', dataset: 'shop', namespace: 'blue' });
    t.is(record.event.dataset, 'shop');
    t.true(record.host.name.length > 0);
  }
});

for (const version of ['9', '8', 'opensearch'] as const)
  testWithPeer(
    `${version === 'opensearch' ? 'OpenSearch' : `Elasticsearch ${version}`}: takes records of all kinds, and ignores no value`,
    version,
    async (t) => {
      const peer = await sharedPeer(version);
      const dataset = uniqueDataset();
      const { sink, stream } = makeSink(t, peer.url, { dataset });
      await sink.start(NO_SIGNAL);
      const documents = (await recordsOfAllKinds(t)).map((document, index) => {
        document.data_stream = { type: 'logs', dataset, namespace: 'default' };
        return { ...recordOf(index), id: document.event.id, bytes: Buffer.from(JSON.stringify(document)) };
      });
      t.deepEqual(await sink.send(batchOf(documents), NO_SIGNAL), {
        kind: 'answered',
        items: documents.map(() => ({ kind: 'delivered' })),
      });
      await peer.ask('POST', `/${stream}/_refresh`);
      const { body } = await peer.ask('POST', `/${stream}/_search`, {
        query: { exists: { field: '_ignored' } },
      });
      t.deepEqual(
        body.hits.hits.map((hit: Json) => hit._ignored),
        [],
      );
    },
  );

import test from 'ava';
import { NO_SIGNAL, batchOf, makeSink, messageOf, uniqueDataset } from '../../support/elasticsearch.ts';
import { launchPeer, peerVersions, sharedPeer, stopSharedPeers, testWithPeer } from '../../support/peers.ts';
import { recordOf } from '../../support/records.ts';

test.after.always(stopSharedPeers);

for (const version of ['9', '8', 'opensearch'] as const) {
  const isElastic = version !== 'opensearch';
  const name = isElastic ? `Elasticsearch ${version}` : 'OpenSearch';

  testWithPeer(`${name}: set-up, delivery, a second copy, a second start`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const { sink, stream, lines } = makeSink(t, peer.url, { dataset });
    await sink.start(NO_SIGNAL);
    t.true(
      lines.includes(`info [elasticsearch] index template logs-${dataset}: made (version 1)`),
      lines.join('\n'),
    );
    t.regex(
      lines.at(-1)!,
      /^info \[elasticsearch\] delivering to logs-.* of (?:Elasticsearch|OpenSearch) \d/,
    );
    t.is(
      lines.some((line) => line.includes('nothing rolls over or expires by itself')),
      !isElastic,
    );
    t.regex(sink.epoch(), new RegExp(`^\\.ds-${stream}-.*000001$`));
    const records = [recordOf(1), recordOf(2)];
    t.deepEqual(await sink.send(batchOf(records), NO_SIGNAL), {
      kind: 'answered',
      items: [{ kind: 'delivered' }, { kind: 'delivered' }],
    });
    t.deepEqual(await sink.send(batchOf([recordOf(2), recordOf(3)]), NO_SIGNAL), {
      kind: 'answered',
      items: [{ kind: 'duplicate' }, { kind: 'delivered' }],
    });
    await peer.ask('POST', `/${stream}/_refresh`);
    const { body } = await peer.ask('POST', `/${stream}/_search`, { sort: 'event.sequence' });
    t.deepEqual(
      body.hits.hits.map((hit: { _id: string }) => hit._id),
      [1, 2, 3].map((sequence) => recordOf(sequence).id),
    );
    const source = body.hits.hits[0]._source;
    t.true(Date.parse(source.event.ingested) > Date.now() - 60_000, 'the pipeline has run');
    delete source.event.ingested;
    t.deepEqual(source, JSON.parse(recordOf(1).bytes.toString()), 'the record is as it was sent');
    for (const [query, hits] of [
      [{ term: { 'http.request.headers.x-tag': 'tag2' } }, 1],
      [{ wildcard: { 'url.path': '*/p/3' } }, 1],
      [{ match: { 'http.response.body.content.text': 'number' } }, 3],
    ] as const)
      t.is((await peer.ask('POST', `/${stream}/_count`, { query })).body.count, hits, JSON.stringify(query));

    lines.length = 0;
    await sink.start(NO_SIGNAL);
    t.deepEqual(
      lines.filter((line) => line.includes('made') || line.includes('updated')),
      [],
      'nothing is made twice',
    );
  });

  testWithPeer(`${name}: no request adds fields to the index`, version, async (t) => {
    const peer = await sharedPeer(version);
    const { sink, stream } = makeSink(t, peer.url, { dataset: uniqueDataset() });
    await sink.start(NO_SIGNAL);
    const fields = async (): Promise<string> =>
      JSON.stringify(Object.values((await peer.ask('GET', `/${stream}/_mapping`)).body));
    const before = await fields();
    const many = Object.fromEntries(
      Array.from({ length: 1200 }, (_, index) => [`x-${index}`, 'v'.repeat(500)]),
    );
    const record = recordOf(1, {
      unknown: many,
      http: { request: { headers: many, body: { content: 'b'.repeat(70_000) } } },
      url: { original: `/${'u'.repeat(40_000)}`, path: `/${'u'.repeat(40_000)}`, query: 'q'.repeat(40_000) },
      client: { ip: 'fe80::1%eth0', port: 1 },
    });
    t.deepEqual(await sink.send(batchOf([record]), NO_SIGNAL), {
      kind: 'answered',
      items: [{ kind: 'delivered' }],
    });
    t.is(await fields(), before);
  });

  testWithPeer(`${name}: a mapping conflict`, version, async (t) => {
    const peer = await sharedPeer(version);
    const { sink, stream } = makeSink(t, peer.url, { dataset: uniqueDataset() });
    await sink.start(NO_SIGNAL);
    const wrong = recordOf(2, { http: 'SECRET-CANARY' });
    const result = await sink.send(batchOf([recordOf(1), wrong]), NO_SIGNAL);
    t.notRegex(JSON.stringify(result), /SECRET-CANARY/);
    t.deepEqual(result, {
      kind: 'answered',
      items: [
        { kind: 'delivered' },
        isElastic
          ? {
              kind: 'diverted',
              reason: `it is in the failure store: GET ${stream}::failures/_search says why`,
            }
          : {
              kind: 'refused',
              type: 'mapper_parsing_exception',
              reason: 'field [http] is mapped as an object, but the record has a value there',
              status: 400,
            },
      ],
    });
  });

  testWithPeer(`${name}: without a failure store a mapping conflict is refused`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    if (isElastic)
      await peer.ask('PUT', `/_component_template/logs-${dataset}@custom`, {
        template: { data_stream_options: { failure_store: { enabled: false } } },
      });
    const { sink } = makeSink(t, peer.url, { dataset });
    await sink.start(NO_SIGNAL);
    const result = await sink.send(batchOf([recordOf(2, { http: 'SECRET-CANARY' })]), NO_SIGNAL);
    t.like(result.kind === 'answered' && result.items[0], {
      kind: 'refused',
      status: 400,
      reason: 'field [http] is mapped as an object, but the record has a value there',
    });
  });

  testWithPeer(`${name}: a block waits, and goes on when it is taken away`, version, async (t) => {
    const peer = await sharedPeer(version);
    const { sink, stream } = makeSink(t, peer.url, { dataset: uniqueDataset() });
    await sink.start(NO_SIGNAL);
    for (const block of ['index.blocks.write', 'index.blocks.read_only_allow_delete']) {
      await peer.ask('PUT', `/${stream}/_settings`, { [block]: true });
      let result = await sink.send(batchOf([recordOf(1)]), NO_SIGNAL);
      if (version === '8' && block === 'index.blocks.write') {
        // Its failure store takes what a blocked index does not; the next one waits.
        t.like(result, { kind: 'answered', items: [{ kind: 'diverted' }] });
        result = await sink.send(batchOf([recordOf(2)]), NO_SIGNAL);
      }
      const [item] = result.kind === 'answered' ? result.items : [];
      t.is(item?.kind, 'blocked', JSON.stringify(result));
      t.regex(
        item?.kind === 'blocked' ? item.reason : '',
        block === 'index.blocks.write'
          ? /^index \[\.ds-.*\] is blocked(?:: FORBIDDEN\/8\/index write \(api\)| \(index\.blocks\.write\)); take the block away/
          : /; the disk of a node is too full: free space, or let old indices expire, and it goes on by itself$/,
      );
      await peer.ask('PUT', `/${stream}/_settings`, { [block]: null });
    }
    t.deepEqual(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), {
      kind: 'answered',
      items: [{ kind: 'delivered' }],
    });
  });

  testWithPeer(`${name}: a rollover between two tries leaves one copy`, version, async (t) => {
    const peer = await sharedPeer(version);
    const { sink, stream, lines } = makeSink(t, peer.url, { dataset: uniqueDataset() });
    await sink.start(NO_SIGNAL);
    const epoch = sink.epoch();
    const records = Array.from({ length: 50 }, (_, index) => recordOf(index + 1));
    // The first try stored the odd ones, and nobody heard of it.
    await sink.send(batchOf(records.filter(({ sequence }) => sequence % 2 === 1)), NO_SIGNAL);
    for (let rollover = 0; rollover < 2; rollover++) await peer.ask('POST', `/${stream}/_rollover`);
    const result = await sink.send(batchOf(records, epoch), NO_SIGNAL);
    t.deepEqual(result, {
      kind: 'answered',
      items: records.map(({ sequence }) => ({ kind: sequence % 2 === 1 ? 'duplicate' : 'delivered' })),
    });
    t.not(sink.epoch(), epoch);
    await peer.ask('POST', `/${stream}/_refresh`);
    t.is((await peer.ask('GET', `/${stream}/_count`)).body.count, 50);
    t.deepEqual(await sink.send(batchOf(records, epoch), NO_SIGNAL), {
      kind: 'answered',
      items: records.map(() => ({ kind: 'duplicate' })),
    });
    t.deepEqual(
      lines.filter((line) => line.startsWith('warn') && !line.includes('lifecycle')),
      [],
    );
  });
}

testWithPeer('a request above http.max_content_length is too large', 'launched', async (t) => {
  const peer = await launchPeer('9', { args: ['-E', 'http.max_content_length=100kb'] });
  t.teardown(() => peer.stop());
  const { sink } = makeSink(t, peer.url);
  await sink.start(NO_SIGNAL);
  const records = Array.from({ length: 3 }, (_, index) =>
    recordOf(index, { url: { original: 'x'.repeat(50_000) } }),
  );
  t.deepEqual(await sink.send(batchOf(records), NO_SIGNAL), {
    kind: 'too-large',
    reason: `${peer.url} takes no request of this size (413)`,
  });
  t.like(await sink.send(batchOf(records.slice(0, 1)), NO_SIGNAL), { kind: 'answered' });
});

for (const version of peerVersions.filter((one) => one !== 'opensearch'))
  testWithPeer(`Elasticsearch ${version}: indexing pressure is an overload`, 'launched', async (t) => {
    const peer = await launchPeer(version, { args: ['-E', 'indexing_pressure.memory.limit=1kb'] });
    t.teardown(() => peer.stop());
    const { sink } = makeSink(t, peer.url);
    await sink.start(NO_SIGNAL);
    const records = Array.from({ length: 20 }, (_, index) => recordOf(index));
    t.deepEqual(await sink.send(batchOf(records), NO_SIGNAL), {
      kind: 'retry',
      reason: `${peer.url} cannot take records now (429, es_rejected_execution_exception)`,
      retryAfterMs: null,
      isAmbiguous: false,
      isOverload: true,
    });
  });

testWithPeer('a server without a set-up gets no plain index', 'launched', async (t) => {
  const peer = await launchPeer('9');
  t.teardown(() => peer.stop());
  const { sink } = makeSink(t, peer.url, { elasticsearchSetup: 'off' });
  await sink.start(NO_SIGNAL);
  const result = await sink.send(batchOf([recordOf(1)]), NO_SIGNAL);
  t.deepEqual(result, {
    kind: 'answered',
    items: [
      {
        kind: 'blocked',
        reason:
          'no such index [logs-tapline.http-default]: the data stream logs-tapline.http-default is not there and may not be made; run: tapline setup elasticsearch',
      },
    ],
  });
  t.is((await peer.ask('GET', '/logs-tapline.http-default')).status, 404);
});

testWithPeer('OpenSearch without a set-up gets no plain index either', 'opensearch', async (t) => {
  const peer = await sharedPeer('opensearch');
  const dataset = uniqueDataset();
  const { sink, stream } = makeSink(t, peer.url, { dataset, elasticsearchSetup: 'off' });
  t.regex(
    await messageOf(() => sink.start(NO_SIGNAL)),
    new RegExp(
      `^OpenSearch [\\d.]+ has neither the data stream ${stream} nor a template for it; run: tapline setup elasticsearch, or start without --elasticsearch-setup=off$`,
    ),
  );
  await peer.ask('PUT', `/_index_template/logs-${dataset}`, {
    index_patterns: [`logs-${dataset}-*`],
    priority: 200,
    data_stream: {},
  });
  await sink.start(NO_SIGNAL);
  t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { items: [{ kind: 'delivered' }] });
  t.is((await peer.ask('GET', `/_data_stream/${stream}`)).status, 200);
});

testWithPeer(
  'a server killed and started again goes on; a frozen one is given up in time',
  'launched',
  async (t) => {
    const peer = await launchPeer('9');
    t.teardown(() => peer.stop());
    const { sink } = makeSink(t, peer.url, { elasticsearchTimeoutMs: 1500 });
    await sink.start(NO_SIGNAL);
    t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'answered' });
    process.kill(peer.pid!, 'SIGSTOP');
    const began = performance.now();
    t.like(await sink.send(batchOf([recordOf(2)]), NO_SIGNAL), {
      kind: 'retry',
      isAmbiguous: true,
      reason: `${peer.url} did not answer in time (--elasticsearch-timeout)`,
    });
    t.true(performance.now() - began < 5000);
    const abort = new AbortController();
    const sending = sink.send(batchOf([recordOf(3)]), abort.signal);
    abort.abort();
    t.like(await sending, { kind: 'retry' });
    process.kill(peer.pid!, 'SIGCONT');
    t.like(await sink.send(batchOf([recordOf(2), recordOf(4)], sink.epoch()), NO_SIGNAL), {
      kind: 'answered',
    });
    process.kill(peer.pid!, 'SIGKILL');
    const dead = await sink.send(batchOf([recordOf(5)]), NO_SIGNAL);
    t.is(dead.kind, 'retry');
    const message = await messageOf(() => sink.start(NO_SIGNAL));
    t.regex(message, /refuses connections: the server is down, or the port is wrong|closed the connection/);
  },
);

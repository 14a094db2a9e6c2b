import test from 'ava';
import { assetsFor, readMark } from '../../../src/sinks/elasticsearch/assets.ts';
import { recordMappings } from '../../../src/sinks/elasticsearch/mappings.ts';
import { LATEST, type ServerFeatures } from '../../../src/sinks/elasticsearch/server.ts';
import { SinkNotReady } from '../../../src/sinks/sink.ts';
import { batchOf, ELASTICSEARCH_9, makeSink, NO_SIGNAL, uniqueDataset } from '../../support/elasticsearch.ts';
import { sharedPeer, stopSharedPeers, testWithPeer } from '../../support/peers.ts';
import { recordOf } from '../../support/records.ts';
import { startScriptedServer } from '../../support/scripted-server.ts';

test.after.always(stopSharedPeers);

const OPTIONS = { dataset: 'tapline.http', namespace: 'default', elasticsearchRetentionMs: 36 * 3_600_000 };
const BARE = {
  builtIn: [],
  hasCustomTemplate: false,
  hasCustomPipeline: false,
  hasStateManagement: false,
} as const;

// oxlint-disable-next-line typescript/no-explicit-any -- documents of many shapes
type Json = any;

function bodyOf(kind: string, has: ServerFeatures, around: object = BARE, options = OPTIONS): Json {
  return assetsFor(options, has, { ...BARE, ...around }).find((asset) =>
    `${asset.kind} ${asset.name}`.startsWith(kind),
  )?.body;
}

test('what a server does not have is not asked of it', (t) => {
  const settings = 'component template logs-tapline.http@settings';
  const latest = bodyOf(settings, LATEST).template;
  t.like(latest, {
    lifecycle: { enabled: true, data_retention: '36h' },
    data_stream_options: { failure_store: { enabled: true } },
    settings: { index: { mode: 'logsdb', lifecycle: { prefer_ilm: false } } },
  });
  t.deepEqual(
    bodyOf(settings, LATEST, BARE, { ...OPTIONS, elasticsearchRetentionMs: 0 }).template.lifecycle,
    { enabled: true },
    '0 keeps for ever',
  );
  const older: ServerFeatures = { ...LATEST, dataStreamLifecycle: false, logsdb: false, failureStore: false };
  const old = bodyOf(settings, older).template;
  t.is(old.lifecycle, undefined);
  t.is(old.data_stream_options, undefined);
  t.deepEqual(old.settings.index.lifecycle, { name: 'logs-tapline.http' });
  t.is(old.settings.index.mode, undefined);
  t.deepEqual(bodyOf('lifecycle policy', older).policy.phases, {
    hot: { actions: { rollover: { max_age: '30d', max_primary_shard_size: '50gb' } } },
    delete: { min_age: '36h', actions: { delete: {} } },
  });
  t.is(bodyOf('lifecycle policy', LATEST), undefined);
  const none: ServerFeatures = {
    ...older,
    indexLifecycle: false,
    missingComponents: false,
    elasticTypes: false,
  };
  t.is(bodyOf('lifecycle policy', none), undefined);
  t.like(bodyOf('lifecycle policy', none, { hasStateManagement: true }).policy, {
    default_state: 'hot',
    ism_template: [{ index_patterns: ['logs-tapline.http-*'], priority: 200 }],
  });
});

test('the template is composed of what is built in, ours, and what is left to the user', (t) => {
  const builtIn = ['logs@settings', 'logs@mappings', 'ecs@mappings'];
  const template = bodyOf('index template', LATEST, { builtIn });
  t.deepEqual(template.composed_of, [
    ...builtIn,
    'logs-tapline.http@settings',
    'logs-tapline.http@mappings',
    'logs-tapline.http@custom',
  ]);
  t.deepEqual(template.ignore_missing_component_templates, ['logs-tapline.http@custom']);
  t.like(template, { priority: 200, index_patterns: ['logs-tapline.http-*'], data_stream: {} });
  t.is(template.template, undefined, 'so that @custom, which comes last, wins');
  const without: ServerFeatures = { ...LATEST, missingComponents: false };
  t.false(bodyOf('index template', without).composed_of.includes('logs-tapline.http@custom'));
  t.true(
    bodyOf('index template', without, { hasCustomTemplate: true }).composed_of.includes(
      'logs-tapline.http@custom',
    ),
  );
  t.is(bodyOf('ingest pipeline', without).processors.length, 1);
  t.is(bodyOf('ingest pipeline', without, { hasCustomPipeline: true }).processors.length, 2);
  for (const asset of assetsFor(OPTIONS, { ...LATEST, dataStreamLifecycle: false }, BARE))
    t.is(readMark(asset.body)?.version, 1, asset.name);
});

test('every string of a record fits its field', (t) => {
  const walk = (mapping: Json, at: string): void => {
    for (const [name, field] of Object.entries<Json>(mapping.properties ?? {})) {
      if (field.type === 'keyword' || field.type === 'wildcard' || field.type === 'flattened')
        t.true(field.ignore_above <= 8191, `${at}${name}`);
      walk(field, `${at}${name}.`);
    }
  };
  const mapping = recordMappings(LATEST, 'd');
  t.false(mapping['dynamic']);
  walk(mapping, '');
});

test('another retention also reaches the stream that is there, unless that is not allowed', async (t) => {
  for (const [status, expected] of [
    [200, 'updated (the retention is in use for the indices that are there, too)'],
    [
      403,
      'absent (it keeps the retention that it has (403); change it with PUT /_data_stream/logs-tapline.http-default/_lifecycle)',
    ],
  ] as const) {
    const { headers } = ELASTICSEARCH_9;
    const server = await startScriptedServer(t, ({ method, path: asked }) => {
      if (asked === '/') return ELASTICSEARCH_9;
      if (asked.endsWith('/_lifecycle')) return { status, headers, body: {} };
      if (method === 'PUT') return { headers, body: { acknowledged: true } };
      if (asked.endsWith('@settings') && !asked.endsWith('/logs@settings'))
        return {
          headers,
          body: {
            component_templates: [
              {
                name: 'logs-tapline.http@settings',
                component_template: {
                  _meta: { managed_by: 'tapline', version: 1, hash: 'of another retention' },
                },
              },
            ],
          },
        };
      if (asked.startsWith('/_data_stream'))
        return {
          headers,
          body: {
            data_streams: [{ name: 'logs-tapline.http-default', indices: [{ index_name: '.ds-a-000001' }] }],
          },
        };
      return { status: asked.endsWith('_rollover') ? 200 : 404, headers, body: {} };
    });
    const { sink, lines } = makeSink(t, server.url, { elasticsearchRetentionMs: 7 * 86_400_000 });
    await sink.start(NO_SIGNAL);
    t.true(
      lines.includes(`info [elasticsearch] lifecycle of logs-tapline.http-default: ${expected}`),
      lines.join('\n'),
    );
    const put = server.requests.find(({ path: asked }) => asked.endsWith('/_lifecycle'));
    t.deepEqual(JSON.parse(put!.body), { enabled: true, data_retention: '7d' });
  }
});

test('a server that refuses a part of the set-up is quoted', async (t) => {
  const { headers } = ELASTICSEARCH_9;
  for (const [status, isPermanent] of [
    [400, true],
    [500, false],
  ] as const) {
    const server = await startScriptedServer(t, ({ method, path: asked }) =>
      asked === '/'
        ? ELASTICSEARCH_9
        : method === 'PUT'
          ? {
              status,
              headers,
              body: { error: { type: 'illegal_argument_exception', reason: 'no such thing' } },
            }
          : { status: 404, headers, body: {} },
    );
    const error = await t.throwsAsync(makeSink(t, server.url).sink.start(NO_SIGNAL), {
      instanceOf: SinkNotReady,
    });
    t.is(
      error.message,
      `${server.url} refuses PUT /_ingest/pipeline/logs-tapline.http@pipeline (${status}): illegal_argument_exception: no such thing`,
    );
    t.is(error.isPermanent, isPermanent);
  }
});

for (const version of ['9', '8', 'opensearch'] as const) {
  const name = version === 'opensearch' ? 'OpenSearch' : `Elasticsearch ${version}`;

  testWithPeer(`${name}: what is the user's is kept, and comes last`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const custom = {
      template: {
        settings: { 'index.number_of_replicas': '0' },
        mappings: { properties: { mine: { type: 'keyword' } } },
      },
    };
    await peer.ask('PUT', `/_component_template/logs-${dataset}@custom`, custom);
    await peer.ask('PUT', `/_ingest/pipeline/logs-${dataset}@custom`, {
      processors: [{ set: { field: 'mine', value: 'by my pipeline' } }],
    });
    const before = await peer.ask('GET', `/_component_template/logs-${dataset}@custom`);
    for (let start = 0; start < 2; start++) {
      const { sink, stream } = makeSink(t, peer.url, { dataset });
      await sink.start(NO_SIGNAL);
      t.like(await sink.send(batchOf([recordOf(start)]), NO_SIGNAL), { items: [{ kind: 'delivered' }] });
      await peer.ask('POST', `/${stream}/_refresh`);
      const count = await peer.ask('POST', `/${stream}/_count`, {
        query: { term: { mine: 'by my pipeline' } },
      });
      t.is(count.body.count, start + 1);
    }
    t.deepEqual(await peer.ask('GET', `/_component_template/logs-${dataset}@custom`), before);
  });

  testWithPeer(
    `${name}: an upgrade changes ours and rolls over; a newer version is left alone`,
    version,
    async (t) => {
      const peer = await sharedPeer(version);
      const dataset = uniqueDataset();
      const first = makeSink(t, peer.url, { dataset });
      await first.sink.start(NO_SIGNAL);
      const mappings = `/_component_template/logs-${dataset}@mappings`;
      await peer.ask('PUT', mappings, {
        template: { mappings: { properties: {} } },
        _meta: { managed_by: 'tapline', version: 0, hash: 'old' },
      });
      const second = makeSink(t, peer.url, { dataset });
      await second.sink.start(NO_SIGNAL);
      t.deepEqual(
        second.lines.filter((line) => line.includes('updated')),
        [
          `info [elasticsearch] component template logs-${dataset}@mappings: updated (version 0 to 1)`,
          `info [elasticsearch] data stream ${first.stream}: updated (rolled over, so that the change is in use)`,
        ],
      );
      t.like(await second.sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { items: [{ kind: 'delivered' }] });
      t.notRegex(second.sink.epoch(), /000001$/);

      await peer.ask('PUT', mappings, {
        template: { mappings: { properties: { later: { type: 'long' } } } },
        _meta: { managed_by: 'tapline', version: 99, hash: 'new' },
      });
      const third = makeSink(t, peer.url, { dataset });
      await third.sink.start(NO_SIGNAL);
      t.true(
        third.lines.includes(
          `info [elasticsearch] component template logs-${dataset}@mappings: newer (version 99, made by a newer Tapline; left as it is)`,
        ),
      );
      t.is(
        (await peer.ask('GET', mappings)).body.component_templates[0].component_template._meta.version,
        99,
      );
    },
  );

  testWithPeer(`${name}: several gateways that start at once`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const sinks = Array.from({ length: 4 }, () => makeSink(t, peer.url, { dataset }).sink);
    await Promise.all(sinks.map((sink) => sink.start(NO_SIGNAL)));
    const records = Array.from({ length: 20 }, (_, index) => recordOf(index));
    const results = await Promise.all(sinks.map((sink) => sink.send(batchOf(records), NO_SIGNAL)));
    const kinds = results
      .flatMap((result) => (result.kind === 'answered' ? result.items : []))
      .map(({ kind }) => kind);
    t.is(kinds.filter((kind) => kind === 'delivered').length, 20);
    t.is(kinds.filter((kind) => kind === 'duplicate').length, 60);
  });

  testWithPeer(`${name}: another retention is brought in`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    await makeSink(t, peer.url, { dataset }).sink.start(NO_SIGNAL);
    const { sink, lines } = makeSink(t, peer.url, { dataset, elasticsearchRetentionMs: 7 * 86_400_000 });
    await sink.start(NO_SIGNAL);
    t.is(
      lines.some((line) => line.includes(`@settings: updated (the options have changed)`)),
      version !== 'opensearch',
      'OpenSearch has no lifecycle here',
    );
  });

  testWithPeer(
    `${name}: somebody else's in our place is a clash, before anything is sent or changed`,
    version,
    async (t) => {
      const peer = await sharedPeer(version);
      const clash = async (
        prepare: (dataset: string, stream: string) => Promise<unknown>,
        message: RegExp,
      ): Promise<void> => {
        const dataset = uniqueDataset();
        const { sink, stream } = makeSink(t, peer.url, { dataset });
        await prepare(dataset, stream);
        const error = await t.throwsAsync(sink.start(NO_SIGNAL), { instanceOf: SinkNotReady });
        t.true(error.isPermanent);
        t.regex(error.message.replaceAll(dataset, 'SET'), message);
        const ours = await peer.ask('GET', `/_component_template/logs-${dataset}@settings`);
        t.not(
          ours.body.component_templates?.[0]?.component_template._meta?.managed_by,
          'tapline',
          'nothing was made',
        );
        await peer.ask('DELETE', `/_index_template/above-${dataset}`);
      };
      await clash(
        (dataset) =>
          peer.ask('PUT', `/_index_template/above-${dataset}`, {
            index_patterns: ['nothing', `logs-${dataset}-*`],
            priority: 300,
            data_stream: {},
          }),
        /^the index template above-SET \(pattern logs-SET-\*, priority 300\) would be taken for logs-SET-default instead of ours \(priority 200\); lower its priority, narrow its pattern, or choose another --dataset$/,
      );
      await clash(
        (dataset) =>
          peer.ask('PUT', `/_index_template/above-${dataset}`, {
            index_patterns: [`logs-${dataset}-d*`],
            priority: 200,
            data_stream: {},
          }),
        /^the index template above-SET \(pattern logs-SET-d\*, priority 200\) would be taken/,
      );
      await clash(
        (dataset) =>
          peer.ask('PUT', `/_index_template/logs-${dataset}`, { index_patterns: ['elsewhere'], priority: 1 }),
        /^the index template logs-SET is there and not made by Tapline; rename or delete it, or choose another --dataset$/,
      );
      await clash(
        (dataset) =>
          peer.ask('PUT', `/_ingest/pipeline/logs-${dataset}@pipeline`, {
            description: 'mine',
            processors: [],
          }),
        /^the ingest pipeline logs-SET@pipeline is there and not made by Tapline;/,
      );
      await clash(
        (dataset) => peer.ask('PUT', `/_component_template/logs-${dataset}@mappings`, { template: {} }),
        /^the component template logs-SET@mappings is there and not made by Tapline;/,
      );
      await clash(
        (_dataset, stream) => peer.ask('PUT', `/${stream}`),
        /^logs-SET-default is an index already, not a data stream: records were sent there before the set-up; rename or delete it \(reindex it afterwards\), or choose another --namespace$/,
      );
    },
  );
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { importDashboards } from '../../src/sinks/elasticsearch/kibana.ts';
import { Credentials } from '../../src/sinks/elasticsearch/credentials.ts';
import { RunLedger } from '../../src/spool/run-ledger.ts';
import {
  batchOf,
  ELASTICSEARCH_9,
  makeSink,
  messageOf,
  NO_SIGNAL,
  sinkOptions,
  uniqueDataset,
} from '../support/elasticsearch.ts';
import { sharedPeer, stopSharedPeers, testWithPeer } from '../support/peers.ts';
import { makeDataDir, runCli } from '../support/process.ts';
import { recordOf } from '../support/records.ts';
import { startScriptedServer, type ScriptedAnswer } from '../support/scripted-server.ts';

test.after.always(stopSharedPeers);

test('setup --dry-run prints every request, the role and the key, and asks nobody', async (t) => {
  const { code, stdout, stderr } = await runCli(['setup', 'elasticsearch', '--dry-run', '--dataset=shop']);
  t.is(code, 0, stderr);
  const requests = [...stdout.matchAll(/^(PUT|POST) (\S+)\n(\{[^]*?\n\})?$/gm)].map(
    ([, method, asked, body]) => ({
      line: `${method} ${asked}`,
      body: body === undefined ? null : JSON.parse(body),
    }),
  );
  t.deepEqual(
    requests.map(({ line }) => line),
    [
      'PUT /_ingest/pipeline/logs-shop@pipeline',
      'PUT /_component_template/logs-shop@settings',
      'PUT /_component_template/logs-shop@mappings',
      'PUT /_index_template/logs-shop',
      'PUT /_data_stream/logs-shop-default',
      'PUT /_security/role/tapline',
      'POST /_security/api_key',
    ],
  );
  t.deepEqual(requests[3]!.body.index_patterns, ['logs-shop-*']);
  t.deepEqual(requests[6]!.body.role_descriptors.tapline.indices[0].privileges, [
    'create_doc',
    'auto_configure',
    'view_index_metadata',
    'read',
    'monitor',
  ]);
  for (const privilege of [
    'cluster monitor',
    'create_doc',
    'auto_configure',
    'view_index_metadata',
    'read',
    'monitor',
  ])
    t.regex(stdout, new RegExp(`^# +${privilege}: \\S`, 'm'));
  t.regex(
    stdout,
    /^# What "tapline setup elasticsearch" would send; for the latest Elasticsearch \(with --elasticsearch=URL, for the server there\)\. Nothing was changed\.\n/,
  );
});

test('setup --kibana asks for dashboards before it changes anything, or imports them', async (t) => {
  const script = ({ path: asked }: { path: string }): ScriptedAnswer =>
    asked.startsWith('/api/saved_objects')
      ? { body: { success: true, successCount: 7 } }
      : asked === '/'
        ? ELASTICSEARCH_9
        : { headers: ELASTICSEARCH_9.headers, body: {} };
  const server = await startScriptedServer(t, script);
  const { code, stdout, stderr } = await runCli([
    'setup',
    'elasticsearch',
    `--elasticsearch=${server.url}`,
    `--kibana=${server.url}`,
  ]);
  const imports = server.requests.filter(({ path: asked }) => asked.startsWith('/api/saved_objects'));
  if (existsSync(new URL('../../dashboards/kibana', import.meta.url))) {
    t.is(code, 0, stderr);
    t.regex(stdout, /✓ dashboards \S+\.ndjson: 7 saved objects imported\n/);
    t.true(imports.length > 0);
  } else {
    t.is(code, 1);
    t.regex(stderr, /^tapline: there are no dashboards in /);
    t.deepEqual(server.requests, []);
  }
});

test('setup called wrongly, and of a server that refuses', async (t) => {
  const server = await startScriptedServer(t, () => ({ status: 401, body: {} }));
  const cases: [string[], number, string][] = [
    [['setup'], 2, 'tapline: setup of what? tapline setup elasticsearch\n'],
    [['setup', 'kafka'], 2, 'tapline: there is no setup of kafka; there is: tapline setup elasticsearch\n'],
    [
      ['setup', 'elasticsearch'],
      2,
      'tapline: --elasticsearch is missing: --elasticsearch=https://host:9200\n',
    ],
    [
      ['setup', 'elasticsearch', '--kibana=here', '--elasticsearch=http://127.0.0.1:1'],
      2,
      'tapline: --kibana: expected a URL such as http://localhost:5601, got "here"\n',
    ],
    [
      ['setup', 'elasticsearch', `--elasticsearch=${server.url}`],
      1,
      `tapline: ${server.url} refuses us (401): it wants credentials; give TAPLINE_ELASTICSEARCH_API_KEY, --elasticsearch-api-key-file, or --elasticsearch-username and TAPLINE_ELASTICSEARCH_PASSWORD\n`,
    ],
  ];
  for (const [args, expectedCode, expected] of cases) {
    const { code, stdout, stderr } = await runCli(args);
    t.is(stderr, expected);
    t.is(code, expectedCode);
    t.is(stdout, '');
  }
  t.regex(
    (await runCli(['help', 'setup'])).stdout,
    /Usage:\n {2}tapline setup elasticsearch[^]*--dry-run[^]*--kibana=URL/,
  );
});

testWithPeer('setup does it once, and then again nothing', '9', async (t) => {
  const peer = await sharedPeer('9');
  const dataset = uniqueDataset();
  const args = ['setup', 'elasticsearch', `--elasticsearch=${peer.url}`, `--dataset=${dataset}`];
  const dry = await runCli([...args, '--dry-run']);
  t.is(dry.code, 0, dry.stderr);
  t.regex(dry.stdout, /would send; for Elasticsearch \S+ at http/);
  t.is((await peer.ask('GET', `/_index_template/logs-${dataset}`)).status, 404, 'nothing was changed');
  for (const outcome of ['made', 'unchanged']) {
    const { code, stdout, stderr } = await runCli(args);
    t.is(code, 0, stderr);
    t.regex(
      stdout,
      new RegExp(`^Elasticsearch [\\d.]+ at ${peer.url}, data stream logs-${dataset}-default\n`),
    );
    for (const what of [
      `ingest pipeline logs-${dataset}@pipeline`,
      `component template logs-${dataset}@settings`,
      `component template logs-${dataset}@mappings`,
      `index template logs-${dataset}`,
      `data stream logs-${dataset}-default`,
    ])
      t.true(stdout.includes(`✓ ${what}: ${outcome}`), stdout);
  }
});

testWithPeer('verify --elasticsearch counts what a data directory should have delivered', '9', async (t) => {
  const peer = await sharedPeer('9');
  const dataset = uniqueDataset();
  const dataDir = await makeDataDir(t);
  mkdirSync(path.join(dataDir, 'ledger'));
  const ledger = new RunLedger(path.join(dataDir, 'ledger'), 'run1', 0, Date.now());
  for (let count = 0; count < 5; count++) ledger.nextSequence();
  ledger.close({ connections: 0, refusedConnections: 0, receivedBytes: 0, sentBytes: 0, discardedBytes: 0 });
  const { sink, stream } = makeSink(t, peer.url, { dataset });
  await sink.start(NO_SIGNAL);
  const record = (sequence: number): ReturnType<typeof recordOf> =>
    recordOf(sequence, { tapline: { run: { id: 'run1' }, thread: 0 } });
  await sink.send(batchOf([1, 2, 4, 5].map(record)), NO_SIGNAL);
  const args = ['verify', `--elasticsearch=${peer.url}`, `--dataset=${dataset}`, `--data-dir=${dataDir}`];
  const holed = await runCli(args);
  t.is(holed.code, 1, holed.stderr);
  t.regex(
    holed.stdout,
    new RegExp(
      `^incomplete: 4 records in ${stream} of Elasticsearch [\\d.]+\\nrun run1, thread 0, started \\S+\\n  missing: record 3\\n$`,
    ),
  );
  await sink.send(batchOf([record(3)]), NO_SIGNAL);
  const whole = await runCli(args);
  t.is(whole.code, 0, whole.stderr);
  t.regex(whole.stdout, /^complete: 5 records in \S+ of Elasticsearch [\d.]+, each once, no gaps\n$/);
  const json = JSON.parse((await runCli([...args, '--json'])).stdout);
  t.like(json, { isComplete: true, held: 5, stream });
});

test('verify --elasticsearch without a server says how to name one', async (t) => {
  const dataDir = await makeDataDir(t);
  for (const flags of [['--elasticsearch'], ['--elasticsearch', '--json'], ['--json', '--elasticsearch']]) {
    const { code, stderr } = await runCli(['verify', ...flags, `--data-dir=${dataDir}`]);
    t.is(code, 2);
    t.is(
      stderr,
      'tapline: verify --elasticsearch: of which server? give --elasticsearch=https://host:9200, TAPLINE_ELASTICSEARCH or elasticsearch: in tapline.yaml\n',
    );
  }
});

test('dashboards are imported by the API of Kibana, and what it refuses is said', async (t) => {
  const folder = await makeDataDir(t);
  const file = path.join(folder, 'tapline.ndjson');
  writeFileSync(file, '{"type":"dashboard","id":"a"}\n');
  const credentials = new Credentials({ ...sinkOptions(''), elasticsearchApiKey: 'key' });
  const trust = { ca: null, caFingerprint: null };
  const attempt = async (answer: ScriptedAnswer): Promise<string> => {
    const server = await startScriptedServer(t, () => answer);
    return messageOf(() => importDashboards(server.url, [file], { credentials, trust })).then((message) =>
      message.replaceAll(server.url, 'URL'),
    );
  };
  const good = await startScriptedServer(t, () => ({ body: { success: true, successCount: 3 } }));
  t.deepEqual(await importDashboards(`${good.url}/base/`, [file], { credentials, trust }), [
    { file: 'tapline.ndjson', count: 3 },
  ]);
  const [request] = good.requests;
  t.is(request!.path, '/base/api/saved_objects/_import?overwrite=true');
  t.truthy(request!.headers['kbn-xsrf']);
  t.is(request!.headers.authorization, 'ApiKey key');
  t.regex(request!.headers['content-type']!, /^multipart\/form-data; boundary=/);
  t.regex(
    request!.body,
    /name="file"; filename="tapline\.ndjson"\r\n[^]*\r\n\r\n\{"type":"dashboard","id":"a"\}\n\r\n--[\w-]+--\r\n$/,
  );
  const cases: [ScriptedAnswer, string][] = [
    [
      { status: 401, body: {} },
      'URL refuses us (401): the API key of TAPLINE_ELASTICSEARCH_API_KEY is wrong, has expired or was invalidated; make a new one (tapline setup elasticsearch --dry-run prints the request)',
    ],
    [
      { status: 403, body: {} },
      'URL refuses us (403): the account needs the Kibana privilege "Saved Objects Management: All"',
    ],
    [
      ELASTICSEARCH_9,
      'URL does not answer like Kibana (200); check the URL and its base path (--kibana=http://host:5601)',
    ],
    [
      { status: 404, body: 'no' },
      'URL does not answer like Kibana (404); check the URL and its base path (--kibana=http://host:5601)',
    ],
    [{ status: 503, body: {} }, 'URL is not ready yet (503); try again in a minute'],
    [{ status: 400, body: { message: 'Bad file' } }, 'URL refuses tapline.ndjson (400): Bad file'],
    [
      {
        body: {
          success: false,
          successCount: 2,
          errors: [{ id: 'x', type: 'lens', error: { type: 'missing_references' } }],
        },
      },
      'URL took 2 objects of tapline.ndjson and refused 1, the first: lens x (missing_references)',
    ],
    [
      { ending: 'lost' },
      'URL closed the connection without an answer; if this is always so, it may want https:// (UND_ERR_SOCKET)',
    ],
  ];
  for (const [answer, message] of cases)
    t.is(await attempt(answer), `dashboards are not imported: ${message}`);
});

import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';
import { type GatewayProcess, makeDataDir, startProcess } from '../support/process.ts';
import { freePort, PEERS, startPeer } from './peer.ts';
import { startCollector } from './scripted-collector.ts';

const withPeers = PEERS === undefined ? test.skip : test;

async function startGateway(
  t: ExecutionContext,
  env: Record<string, string>,
  args: string[] = [],
): Promise<GatewayProcess & { request(): Promise<void> }> {
  const upstream = await startUpstream(
    t,
    answering(() => OK),
  );
  const gateway = await startProcess(
    t,
    [`--upstream=http://${upstream}`, ...args],
    undefined,
    undefined,
    env,
  );
  return {
    ...gateway,
    async request() {
      const client = await connectClient(gateway.port);
      client.write('GET /private?token=canary HTTP/1.1\r\nHost: x\r\nAuthorization: canary\r\n\r\n');
      await client.until('ok');
      client.socket.end();
      await client.untilClose();
    },
  };
}

interface Json {
  readonly [name: string]: Json;
}

/** What OTLP JSON lines of a kind hold: all metrics or all spans, with their attributes as plain values. */
function found(
  lines: readonly string[],
  kind: 'Metrics' | 'Spans',
): { name: string; resource: Record<string, unknown>; one: Json }[] {
  const list = (value: unknown): Json[] => (value ?? []) as Json[];
  return lines.flatMap((line) =>
    list((JSON.parse(line) as Json)[`resource${kind}`]).flatMap((resource) =>
      list(resource[`scope${kind}`]).flatMap((scope) =>
        list(scope[kind.toLowerCase()]).map((one) => ({
          name: one['name'] as unknown as string,
          resource: plain(list(resource['resource']!['attributes'])),
          one,
        })),
      ),
    ),
  );
}

function plain(attributes: readonly Json[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key as unknown as string, Object.values(value!)[0]]),
  );
}

async function collected(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter(Boolean);
}

for (const [protocol, port] of [
  ['http/protobuf', 'http'],
  ['http/json', 'http'],
  ['grpc', 'grpc'],
] as const)
  withPeers(`metrics and own spans arrive at a real collector by ${protocol}`, async (t) => {
    const out = path.join(await makeDataDir(t), 'out.jsonl');
    const collector = await startPeer(
      t,
      'otel-collector',
      [`--grpc-port=${await freePort()}`, `--http-port=${await freePort()}`, `--out=${out}`].flatMap(
        (option) => option.split('='),
      ),
    );
    const gateway = await startGateway(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector[port]!}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_LOGS_EXPORTER: 'none',
    });
    for (let index = 0; index < 5; index++) await gateway.request();
    t.is(await gateway.end('SIGTERM'), 0, gateway.output());
    const lines = await collected(out);
    const durations = found(lines, 'Metrics').filter(({ name }) => name === 'http.server.request.duration');
    const last = durations.at(-1)!;
    t.is(last.resource['service.name'], 'shop');
    t.is(last.one['histogram']!['aggregationTemporality'] as unknown, 2);
    const [point] = last.one['histogram']!['dataPoints'] as unknown as Json[];
    t.is(point!['count'] as unknown, '5', 'also what was counted last');
    t.deepEqual(plain(point!['attributes'] as unknown as Json[]), {
      'http.request.method': 'GET',
      'http.response.status_code': '200',
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
    });
    const spans = found(lines, 'Spans').map(({ name }) => name);
    t.true(spans.includes('tapline.start'), spans.join());
    t.false(lines.join().includes('canary'));
    t.deepEqual(
      gateway
        .output()
        .split('\n')
        .filter((line) => /warning|error/.test(line)),
      [],
    );
  });

test('a collector that is gone delays neither start nor end, and is said once', async (t) => {
  const port = await freePort();
  const gateway = await startGateway(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'debug',
  });
  await gateway.request();
  while (!gateway.output().includes('[otlp]')) await new Promise((resolve) => setTimeout(resolve, 20));
  const begun = performance.now();
  t.is(await gateway.end('SIGTERM'), 0);
  const tookMs = performance.now() - begun;
  t.true(tookMs < 4000, `${tookMs} ms`);
  t.true(gateway.output().includes('they are given up'), gateway.output());
  t.false(gateway.output().includes('canary'));
});

test('a collector that never answers delays the end by its deadline at most', async (t) => {
  const collector = await startCollector(t, () => null);
  const gateway = await startGateway(t, {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/own/path`,
    OTEL_METRIC_EXPORT_INTERVAL: '200',
  });
  await collector.until(({ path: asked }) => asked === '/own/path');
  const begun = performance.now();
  t.is(await gateway.end('SIGTERM'), 0);
  t.true(performance.now() - begun < 4000);
});

test('only what was asked for is sent: metrics alone', async (t) => {
  const collector = await startCollector(t);
  const gateway = await startGateway(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc',
  });
  await gateway.request();
  const request = await collector.until(({ path: asked }) => asked === '/v1/metrics');
  t.is(request.headers['content-type'], 'application/x-protobuf');
  t.is(request.headers['x-key'], 'abc');
  await gateway.end('SIGTERM');
  t.deepEqual([...new Set(collector.received.map(({ path: asked }) => asked))], ['/v1/metrics']);
  t.false(Buffer.concat(collector.received.map(({ body }) => body)).includes('canary'));
});

test('points that the collector refuses are told of', async (t) => {
  const collector = await startCollector(t, ({ path: asked }) => ({
    status: 200,
    body:
      asked === '/v1/metrics'
        ? '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}}'
        : '{}',
  }));
  const gateway = await startGateway(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    OTEL_LOGS_EXPORTER: 'none',
  });
  while (!gateway.output().includes('too old')) await new Promise((resolve) => setTimeout(resolve, 20));
  await gateway.end('SIGTERM');
  t.regex(gateway.output(), /\[warning\] \[otlp\] .*too old/);
});

withPeers('Prometheus gives a metric one name, scraped or sent by OTLP', async (t) => {
  const admin = await freePort();
  const prometheus = await startPeer(t, 'prometheus', [
    '--port',
    `${await freePort()}`,
    '--data',
    await makeDataDir(t),
    '--scrape',
    `127.0.0.1:${admin}`,
  ]);
  const gateway = await startGateway(
    t,
    {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: prometheus['otlp']!,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_SERVICE_NAME: 'sent',
    },
    [`--gui-port=${admin}`],
  );
  for (let index = 0; index < 3; index++) await gateway.request();
  const query = async (
    text: string,
  ): Promise<{ metric: Record<string, string>; value: [number, string] }[]> => {
    const response = await fetch(
      `http://${prometheus['http']}/api/v1/query?query=${encodeURIComponent(text)}`,
    );
    return ((await response.json()) as { data: { result: never[] } }).data.result;
  };
  const names = async (job: string): Promise<string[]> =>
    (await query(`count by (__name__) ({job="${job}"})`))
      .map(({ metric }) => metric['__name__']!)
      .filter((name) => !/^(?:up|scrape_.*|target_info)$/.test(name))
      .sort();
  const count = (job: string): string => `http_server_request_duration_seconds_count{job="${job}"}`;
  const reached = async (job: string): Promise<boolean> => (await query(`${count(job)} == 3`)).length === 1;
  while (!(await reached('test')) || !(await reached('sent')))
    await new Promise((resolve) => setTimeout(resolve, 100));
  t.is((await query('up{job="test"}'))[0]!.value[1], '1');
  const scraped = await names('test');
  t.true(scraped.length > 15, scraped.join());
  t.deepEqual(await names('sent'), scraped);
  const labels = async (job: string): Promise<string[]> =>
    Object.keys((await query(count(job)))[0]!.metric)
      .filter((name) => name !== 'instance')
      .sort();
  t.deepEqual(await labels('sent'), await labels('test'));
  t.is(await gateway.end('SIGTERM'), 0);
  t.true(gateway.output().includes(`Page: http://127.0.0.1:${admin} `));
});

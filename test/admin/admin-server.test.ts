import * as http from 'node:http';
import * as net from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { AdminServer } from '../../src/admin/admin-server.ts';
import { adminAnswer, type AdminSources } from '../../src/admin/answer.ts';
import type { HealthReport, SinkHealth } from '../../src/telemetry/health-report.ts';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { connectClient } from '../support/fixture.ts';
import { parsePrometheusText } from '../support/prometheus-text.ts';
import { quiet } from '../support/records.ts';

const SINK: SinkHealth = {
  name: 'store',
  state: 'delivering',
  isStarting: false,
  reason: null,
  pendingBytes: 0,
  lagSeconds: 0,
  troubleSinceMs: null,
  lastError: null,
  inFlightBytes: 0,
};
const WELL: HealthReport = {
  state: 'running',
  threads: [{ name: 'data-0', isAlive: true }],
  sinks: [SINK],
  spool: { usedBytes: 10, limitBytes: 100 },
};

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

async function startAdmin(
  t: ExecutionContext,
  sources: Partial<AdminSources> = {},
): Promise<{
  server: AdminServer;
  port: number;
  readonly ask: (path: string, options?: http.RequestOptions) => Promise<Answer>;
}> {
  const server = new AdminServer('127.0.0.1:0', { metrics: () => [], health: () => WELL, ...sources }, quiet);
  const { port } = await server.start();
  t.teardown(() => server.stop(0));
  return {
    server,
    port,
    ask: (path, options = {}) =>
      new Promise((resolve, reject) => {
        const request = http.request(
          { host: '127.0.0.1', port, path, agent: false, ...options },
          (response) => {
            let body = '';
            response.on('data', (chunk: Buffer) => (body += chunk.toString()));
            response.on('end', () =>
              resolve({ status: response.statusCode!, headers: response.headers, body }),
            );
          },
        );
        request.on('error', reject);
        request.end();
      }),
  };
}

test('/metrics is a page of Prometheus', async (t) => {
  const registry = new MetricRegistry();
  registry.metric(METRICS.recordsAccepted).add(2);
  const { ask } = await startAdmin(t, { metrics: () => registry.collect() });
  const { status, headers, body } = await ask('/metrics');
  t.is(status, 200);
  t.is(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  t.is(headers['cache-control'], 'no-store');
  t.is(headers['x-content-type-options'], 'nosniff');
  t.deepEqual(parsePrometheusText(body).samples, [
    { name: 'tapline_records_accepted_total', labels: {}, value: 2 },
  ]);
  const head = await ask('/metrics', { method: 'HEAD' });
  t.is(head.headers['content-length'], String(Buffer.byteLength(body)));
  t.is(head.body, '');
});

test('/healthz is ok while every data thread lives', async (t) => {
  let report = WELL;
  const { ask } = await startAdmin(t, { health: () => report });
  t.like(await ask('/healthz'), { status: 200, body: 'ok\n' });
  report = { ...WELL, threads: [...WELL.threads, { name: 'data-1', isAlive: false }] };
  t.like(await ask('/healthz'), {
    status: 503,
    body: 'data thread data-1 has ended; the log says why\n',
  });
  t.is((await ask('/readyz')).status, 503);
});

test('/readyz: not before the ports are bound and each sink has been tried, nor while stopping', async (t) => {
  let report: HealthReport = { ...WELL, state: 'starting' };
  const { ask } = await startAdmin(t, { health: () => report });
  const reasons = async (): Promise<[number, string[]]> => {
    const { status, body } = await ask('/readyz');
    return [status, (JSON.parse(body) as { reasons: string[] }).reasons];
  };
  t.deepEqual(await reasons(), [503, ['the gateway is starting']]);
  report = { ...WELL, sinks: [{ ...SINK, name: 'elasticsearch', state: 'starting', isStarting: true }] };
  t.deepEqual(await reasons(), [503, ['sink elasticsearch is being started']]);
  report = { ...WELL, state: 'stopping', threads: [{ name: 'data-0', isAlive: false }] };
  t.deepEqual(await reasons(), [503, ['the gateway is stopping']]);
  report = WELL;
  t.deepEqual(await reasons(), [200, []]);
});

test('/readyz: a dead sink and a full spool are told of, but traffic goes on', async (t) => {
  const paused = { ...SINK, name: 'elasticsearch', state: 'paused', reason: 'the API key is refused' };
  const { ask } = await startAdmin(t, {
    health: () => ({ ...WELL, sinks: [SINK, paused], spool: { usedBytes: 93, limitBytes: 100 } }),
  });
  const { status, body, headers } = await ask('/readyz');
  t.is(status, 200);
  t.is(headers['content-type'], 'application/json; charset=utf-8');
  t.deepEqual(JSON.parse(body), {
    status: 'ready',
    reasons: [],
    warnings: [
      'sink elasticsearch is paused: the API key is refused',
      'the spool is 93 % full (--spool-size): beyond it records are dropped; find out which sink does not take them',
    ],
    threads: [{ name: 'data-0', isAlive: true }],
    sinks: [SINK, paused],
    spool: { usedBytes: 93, limitBytes: 100, fill: 0.93 },
  });
});

test('other paths and methods', async (t) => {
  const { ask } = await startAdmin(t);
  t.is((await ask('/')).status, 404);
  t.is((await ask('/__proto__')).status, 404);
  t.is((await ask('/metrics/')).status, 404);
  t.is((await ask('/healthz?verbose')).status, 200);
  const refused = await ask('/metrics', { method: 'POST' });
  t.is(refused.status, 405);
  t.is(refused.headers.allow, 'GET, HEAD');
});

test('on loopback only requests to this machine by name are answered', async (t) => {
  const { ask, port } = await startAdmin(t);
  const status = async (host: string): Promise<number> =>
    (await ask('/metrics', { headers: { Host: host } })).status;
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', `127.1.2.3:${port}`, '[::1]:8001'])
    t.is(await status(host), 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'x@localhost'])
    t.is(await status(host), 403, host);
});

test('elsewhere any name will do', (t) => {
  const request = { method: 'GET', target: '/healthz', host: 'gateway.internal:8001' };
  const sources = { metrics: () => [], health: () => WELL };
  t.is(adminAnswer(request, false, sources).status, 200);
  t.is(adminAnswer(request, true, sources).status, 403);
  t.is(adminAnswer({ ...request, host: '' }, true, sources).status, 200, 'a probe of HTTP/1.0 names none');
});

test('what cannot be told is an error of its own, and the port lives on', async (t) => {
  let isBroken = true;
  const { ask } = await startAdmin(t, {
    health: () => {
      if (isBroken) throw new Error('no health');
      return WELL;
    },
  });
  t.is((await ask('/readyz')).status, 500);
  isBroken = false;
  t.is((await ask('/readyz')).status, 200);
});

test('a head without end is refused, and so is one that is too large', async (t) => {
  const { port } = await startAdmin(t);
  const client = await connectClient(port);
  client.write(`GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(10_000)}\r\n\r\n`);
  t.regex(await client.untilClose(), /^HTTP\/1\.1 431 /);
});

test('more connections than it serves are closed, and it goes on', async (t) => {
  const { port, ask } = await startAdmin(t);
  const sockets = Array.from({ length: 80 }, () => net.connect(port, '127.0.0.1'));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  const closed = await Promise.all(
    sockets.slice(64).map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          socket.on('error', () => {});
          socket.once('close', () => resolve(true));
          socket.resume();
        }),
    ),
  );
  t.is(closed.length, 16);
  for (const socket of sockets.slice(0, 64)) socket.destroy();
  for (;;) {
    const answer = await ask('/healthz').catch(() => null);
    if (answer?.status === 200) break;
  }
  t.pass();
});

test('stop ends idle connections at once, waits for others until the deadline, and is safe at any time', async (t) => {
  const unstarted = new AdminServer('127.0.0.1:0', { metrics: () => [], health: () => WELL }, quiet);
  await unstarted.stop(0);
  const { server, port } = await startAdmin(t);
  const client = await connectClient(port);
  client.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await client.until('ok');
  const half = await connectClient(port);
  half.write('GET /healthz HTTP/1.1\r\nHo');
  const stopped = server.stop(50);
  await Promise.all([client.untilClose(), half.untilClose(), stopped, server.stop(50)]);
  await t.throwsAsync(connectClient(port), { code: 'ECONNREFUSED' });
});

test('a port in use is said by its number, with what to do', async (t) => {
  const { port } = await startAdmin(t);
  const second = new AdminServer(`127.0.0.1:${port}`, { metrics: () => [], health: () => WELL }, quiet);
  await t.throwsAsync(second.start(), {
    message: `cannot listen on 127.0.0.1:${port} (--gui-port): the port is in use; choose another with --gui-port, or 0 for none`,
  });
});

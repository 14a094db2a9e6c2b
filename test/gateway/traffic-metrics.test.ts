import type * as net from 'node:net';
import test from 'ava';
import { METRICS, type MetricDeclaration } from '../../src/telemetry/metric-declarations.ts';
import type { MetricRegistry, Series } from '../../src/telemetry/metric-registry.ts';
import { answering, OK, startFixture } from '../support/fixture.ts';

function seriesOf(metrics: MetricRegistry, { name }: MetricDeclaration): readonly Series[] {
  return metrics.collect().find(({ declaration }) => declaration.name === name)?.series ?? [];
}

/** Attributes and count of every series of a histogram. */
function counts(metrics: MetricRegistry, declaration: MetricDeclaration): [object, number][] {
  return seriesOf(metrics, declaration).map(({ attributes, counts: buckets }) => [
    attributes,
    buckets!.reduce((left, right) => left + right, 0),
  ]);
}

const body = (text: string): string =>
  `POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

test('every request is counted once, under its method, status and outcome', async (t) => {
  const fixture = await startFixture(t, (socket: net.Socket) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (text.includes('/cut')) socket.destroy();
      else if (text.includes('/bad')) socket.write('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
      else socket.write(OK);
    });
    socket.on('end', () => socket.end());
  });
  await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await fixture.exchange('BREW / HTTP/1.0\r\n\r\n');
  await fixture.exchange(body('a'.repeat(300)));
  await fixture.exchange('GET /bad HTTP/1.1\r\nHost: x\r\n\r\n');
  await fixture.exchange('GET /cut HTTP/1.1\r\nHost: x\r\n\r\n');
  await fixture.exchange('\0nonsense\r\n\r\n');
  await fixture.exchange('\r\n\r\n');
  await fixture.stop();
  const http = { 'url.scheme': 'http', 'network.protocol.version': '1.1' };
  t.deepEqual(counts(fixture.metrics, METRICS.requestDuration), [
    [{ 'http.request.method': 'GET', 'http.response.status_code': '200', ...http }, 2],
    [
      {
        'http.request.method': '_OTHER',
        'http.response.status_code': '200',
        'url.scheme': 'http',
        'network.protocol.version': '1.0',
      },
      1,
    ],
    [{ 'http.request.method': 'POST', 'http.response.status_code': '200', ...http }, 1],
    [{ 'http.request.method': 'GET', 'http.response.status_code': '503', ...http, 'error.type': '503' }, 1],
    [
      {
        'http.request.method': 'GET',
        'http.response.status_code': '502',
        ...http,
        'error.type': 'upstream-closed',
      },
      1,
    ],
    [
      {
        'http.request.method': '_OTHER',
        'http.response.status_code': '400',
        'url.scheme': 'http',
        'error.type': 'bad-request-line',
      },
      1,
    ],
  ]);
  const sizes = seriesOf(fixture.metrics, METRICS.requestBodySize);
  t.is(sizes.find(({ attributes }) => attributes['http.request.method'] === 'POST')!.sum, 300);
  const answers = seriesOf(fixture.metrics, METRICS.responseBodySize);
  t.is(answers.find(({ attributes }) => attributes['http.request.method'] === 'POST')!.sum, 2);
  t.is(seriesOf(fixture.metrics, METRICS.recordsAccepted)[0]!.value, 8, 'the blank lines are a record too');
  t.deepEqual(
    seriesOf(fixture.metrics, METRICS.connections).map(({ attributes, value }) => [attributes, value]),
    [
      [{ 'tapline.outcome': 'accepted' }, 8],
      [{ 'tapline.outcome': 'refused' }, 0],
    ],
  );
  t.deepEqual(
    seriesOf(fixture.metrics, METRICS.recordsDropped).map(({ value }) => value),
    [0, 0],
  );
});

test('a request is active until its exchange is complete, and what is held of it is told', async (t) => {
  let answer = (): void => {};
  const fixture = await startFixture(t, (socket: net.Socket) => {
    socket.on('data', () => (answer = () => socket.write(OK)));
    socket.on('end', () => socket.end());
  });
  const client = await fixture.connect();
  client.write(body('a'.repeat(300)));
  const until = async (declaration: MetricDeclaration, value: number): Promise<void> => {
    while (seriesOf(fixture.metrics, declaration)[0]?.value !== value)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(METRICS.activeRequests, 1);
  await until(METRICS.captureBytes, 300);
  answer();
  await client.until('ok');
  await until(METRICS.activeRequests, 0);
  await until(METRICS.captureBytes, 0);
  client.socket.end();
  await fixture.stop();
  t.deepEqual(seriesOf(fixture.metrics, METRICS.activeRequests), [], 'a thread that has ended holds nothing');
  t.is(counts(fixture.metrics, METRICS.requestDuration)[0]![1], 1, 'but what it counted stays');
});

test('a request is well, an error of the client, or an error; each has its latency', async (t) => {
  const fixture = await startFixture(t, (socket: net.Socket) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (text.includes('/cut')) socket.destroy();
      else if (text.includes('/none')) socket.write('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
      else if (text.includes('/bad')) socket.write('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
      else socket.write(OK);
    });
    socket.on('end', () => socket.end());
  });
  const outcomes = async (bytes: string): Promise<[number, number, number]> => {
    const before = fixture.traffic();
    await fixture.exchange(bytes);
    let after = fixture.traffic();
    while (after.requests === before.requests) {
      await new Promise((resolve) => setImmediate(resolve));
      after = fixture.traffic();
    }
    return [
      after.requests - before.requests,
      after.clientErrors - before.clientErrors,
      after.errors - before.errors,
    ];
  };
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  t.deepEqual(await outcomes(get('/')), [1, 0, 0]);
  t.deepEqual(await outcomes(get('/none')), [1, 1, 0]);
  t.deepEqual(await outcomes(get('/bad')), [1, 0, 1]);
  t.deepEqual(await outcomes(get('/cut')), [1, 0, 1], 'answered by the gateway itself');
  t.deepEqual(await outcomes('\0nonsense\r\n\r\n'), [1, 1, 0], 'refused with 400');
  t.deepEqual(
    await outcomes('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab'),
    [1, 1, 0],
    'a client that goes away is no failure of the server',
  );
  const { latencies } = fixture.traffic();
  t.is(
    latencies.reduce((sum, count) => sum + count, 0),
    6,
  );
});

test('connections and sessions that are open are told by data thread', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  const until = async (declaration: MetricDeclaration, isSo: (value: number) => boolean): Promise<void> => {
    while (!isSo(seriesOf(fixture.metrics, declaration)[0]?.value ?? NaN))
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(METRICS.connectionsOpen, (value) => value === 0);
  const clients = [await fixture.connect(), await fixture.connect()];
  clients[0]!.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await clients[0]!.until('ok');
  await until(METRICS.connectionsOpen, (value) => value === 2);
  await until(METRICS.sessions, (value) => value > 0);
  t.deepEqual(seriesOf(fixture.metrics, METRICS.connectionsOpen)[0]!.attributes, {
    'tapline.thread': 'data-0',
  });
  for (const client of clients) client.socket.end();
  await until(METRICS.connectionsOpen, (value) => value === 0);
});

test('a tunnel counts as long as its answer took, not as long as it was open', async (t) => {
  const fixture = await startFixture(t, (socket: net.Socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    socket.on('end', () => socket.end());
  });
  const client = await fixture.connect();
  client.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.until('101');
  const openMs = 300;
  await new Promise((resolve) => setTimeout(resolve, openMs));
  client.socket.end();
  await client.untilClose();
  await fixture.stop();
  const [tunnel] = seriesOf(fixture.metrics, METRICS.requestDuration);
  t.is(tunnel!.attributes['http.response.status_code'], '101');
  t.true(tunnel!.sum < openMs / 1000, `${tunnel!.sum} s`);
});

test('a body for which there was no room makes its record degraded; one cut at the cap does not', async (t) => {
  const run = async (args: string[]): Promise<{ degraded: number; limit: number }> => {
    const fixture = await startFixture(
      t,
      answering(() => OK),
      args,
    );
    await fixture.exchange(body('a'.repeat(3000)));
    const limit = seriesOf(fixture.metrics, METRICS.captureLimit)[0]!.value;
    await fixture.stop();
    return { degraded: seriesOf(fixture.metrics, METRICS.recordsDegraded)[0]!.value, limit };
  };
  t.deepEqual(await run(['--capture-budget=2k']), { degraded: 1, limit: 2048 });
  t.deepEqual(await run(['--max-body-capture=1k']), { degraded: 0, limit: 64 * 1024 * 1024 });
});

test('several threads add up, and so do what they may hold', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--threads=2'],
  );
  await Promise.all(Array.from({ length: 20 }, () => fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n')));
  t.is(seriesOf(fixture.metrics, METRICS.captureLimit)[0]!.value, 64 * 1024 * 1024);
  t.deepEqual(
    seriesOf(fixture.metrics, METRICS.eventLoopDelayP99).map(
      ({ attributes }) => attributes['tapline.thread'],
    ),
    ['data-0', 'data-1'],
  );
  await fixture.stop();
  t.is(counts(fixture.metrics, METRICS.requestDuration)[0]![1], 20);
});

test('records that the spool had no room for are counted as dropped', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--spool-size=64k', '--batch-count=1000', '--flush-interval=60s'],
  );
  for (let index = 0; index < 4; index++) await fixture.exchange(body('a'.repeat(20_000)));
  await fixture.stop();
  const dropped = seriesOf(fixture.metrics, METRICS.recordsDropped);
  const full = dropped.find(({ attributes }) => attributes['tapline.reason'] === 'spool-full')!;
  t.is(full.value, 1);
});

test('with capture off, connections are counted and requests are not', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--capture=off'],
  );
  await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await fixture.stop();
  t.is(seriesOf(fixture.metrics, METRICS.connections)[0]!.value, 1);
  t.deepEqual(seriesOf(fixture.metrics, METRICS.requestDuration), []);
});

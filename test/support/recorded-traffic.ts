import { gzipSync } from 'node:zlib';
import type { ExecutionContext } from 'ava';
import { answering, OK, type RecordView, startFixture, type UpstreamScript } from './fixture.ts';

const SLOWEST_MS = 1050;

/** Records of every kind, as gateways make them: of answers of all classes, large, slow and broken ones, refusals, tunnels, gaps, and what rules only counted. */
export async function recordTraffic(t: ExecutionContext): Promise<RecordView[]> {
  const all = await Promise.all([
    recordAnswers(t),
    recordWithoutUpstream(t),
    recordGaps(t),
    recordLeftOut(t),
  ]);
  return all.flat();
}

async function recordAnswers(t: ExecutionContext): Promise<RecordView[]> {
  const fixture = await startFixture(t, application, ['--max-body-capture=2k']);
  const agents = ['curl/8.5', 'tests/1.0'];
  await Promise.all(
    ANSWERS.flatMap(([method, path]) =>
      agents.map((agent) => fixture.exchange(request(method, path, agent), { isHalfClosing: false })),
    ),
  );
  // Two parsers could read it differently.
  await fixture.exchange(
    'POST /refused HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  await fixture.exchange('GET /not-whol');
  const tunnel = await fixture.connect();
  tunnel.write('GET /ws HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await tunnel.until('\r\n\r\n');
  tunnel.socket.end('frames');
  await tunnel.untilClose();
  const { records } = await fixture.finish();
  return records;
}

/** The application cannot be reached: the gateway answers itself. */
async function recordWithoutUpstream(t: ExecutionContext): Promise<RecordView[]> {
  const fixture = await startFixture(t, { target: '127.0.0.1:1' }, ['--service-name=nowhere']);
  await fixture.exchange(request('GET', '/unreachable', 'curl/8.5'), { isHalfClosing: false });
  return (await fixture.finish()).records;
}

/** More than the spool holds. */
async function recordGaps(t: ExecutionContext): Promise<RecordView[]> {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--spool-size=64k', '--spool-segment=4k', '--flush-interval=10s'],
  );
  const client = await fixture.connect();
  for (let index = 0; index < 120; index++) {
    client.received = Buffer.alloc(0);
    client.write(`GET /many/${index} HTTP/1.1\r\nHost: many.test\r\n\r\n`);
    await client.until('ok');
  }
  client.socket.end();
  await client.untilClose();
  return (await fixture.finish()).records;
}

/** Exchanges that a rule only counts. */
async function recordLeftOut(t: ExecutionContext): Promise<RecordView[]> {
  const fixture = await startFixture(t, application, ['--capture-rule=count path=/alive']);
  await fixture.exchange(request('GET', '/alive', 'probe/1'), { isHalfClosing: false });
  return (await fixture.finish()).records;
}

const ANSWERS = [
  ['GET', '/'],
  ['GET', '/cart'],
  ['POST', '/orders'],
  ['GET', '/moved'],
  ['GET', '/missing'],
  ['GET', '/fails'],
  ['GET', '/breaks-off'],
  ['GET', '/slow/20'],
  ['GET', '/slow/150'],
  ['GET', `/slow/${SLOWEST_MS}`],
  ['GET', '/large'],
  ['GET', '/bad-gzip'],
] as const;

function request(method: string, path: string, agent: string): string {
  const body = method === 'POST' ? JSON.stringify({ password: 'hunter2', items: 'x'.repeat(4000) }) : '';
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: shop.test',
    `User-Agent: ${agent}`,
    'Referer: http://shop.test/start',
    'Authorization: Bearer abc',
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'Connection: close',
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`]),
    '',
    body,
  ].join('\r\n');
}

/** Answers by the path, then closes. */
const application: UpstreamScript = (socket) => {
  let held = '';
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1');
    const end = held.indexOf('\r\n\r\n');
    const length = Number(/content-length: *(\d+)/i.exec(held)?.[1] ?? 0);
    if (end < 0 || held.length < end + 4 + length) return;
    const path = held.split(' ')[1]!;
    held = '';
    const [, kind, value] = path.split('/');
    if (kind === 'slow') setTimeout(() => socket.end(answer('200 OK', 'text/plain', 'late')), Number(value));
    else if (kind === 'ws')
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    else if (kind === 'breaks-off')
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf');
    else socket.end(answerOf(kind!));
  });
};

function answerOf(kind: string): Buffer {
  switch (kind) {
    case 'moved':
      return answer('301 Moved Permanently', 'text/html', '<html>moved</html>', 'Location: /cart\r\n');
    case 'missing':
      return answer('404 Not Found', 'application/json', '{"error":"no such thing"}');
    case 'fails':
      return answer('500 Internal Server Error', 'application/json', '{"error":"oh no"}');
    case 'large':
      return answer('200 OK', 'text/plain', 'large '.repeat(20_000));
    case 'bad-gzip':
      return answer(
        '200 OK',
        'text/plain',
        gzipSync('text '.repeat(100)).fill(0, 12, 20),
        'Content-Encoding: gzip\r\n',
      );
    default:
      return answer('200 OK', 'application/json', JSON.stringify({ page: kind }));
  }
}

function answer(status: string, type: string, body: string | Buffer, more = ''): Buffer {
  return Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n${more}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
    ),
    Buffer.from(body),
  ]);
}

import * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { encodeProxyHeader } from '../../src/codecs/proxy-protocol/encode.ts';
import { parseProxyHeader } from '../../src/codecs/proxy-protocol/parse.ts';
import { answering, Client, type Fixture, OK, startFixture } from '../support/fixture.ts';
import { startScript } from '../support/script.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const TLS = ['cert', 'key'].map(
  (name) => `--tls-${name}=${path.join(import.meta.dirname, `../support/tls/${name}.pem`)}`,
);
const HEADER = {
  source: { address: '203.0.113.7', port: 4711 },
  destination: { address: '198.51.100.1', port: 443 },
};

/** A gateway whose upstream keeps the heads that it gets. */
async function withHeads(
  t: ExecutionContext,
  args: readonly string[],
): Promise<{ fixture: Fixture; heads: string[] }> {
  const heads: string[] = [];
  const fixture = await startFixture(
    t,
    answering((head) => {
      heads.push(head);
      return OK;
    }),
    args,
  );
  return { fixture, heads };
}

const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';

test('what is injected reaches the server and the record, and no count of bytes', async (t) => {
  const { fixture, heads } = await withHeads(t, [
    '--inject=traceparent,x-request-id,forwarded,x-forwarded-for',
  ]);
  const second = `GET /b HTTP/1.1\r\nHost: x\r\nTraceparent: 00-${TRACE}-${SPAN}-01\r\nX-Request-Id: mine\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n`;
  await fixture.exchange(GET + second);
  const { records, report } = await fixture.finish();
  t.true(report.isComplete);
  t.true(report.runs[0]!.bytes.isBalanced);
  const [first, other] = records;
  t.is(
    heads[0],
    [
      'GET /a HTTP/1.1',
      'Host: x',
      `traceparent: 00-${first.trace.id}-${first.span.id}-03`,
      `X-Request-Id: ${first.event.id}`,
      'Forwarded: for=127.0.0.1;host=x;proto=http',
      'X-Forwarded-For: 127.0.0.1',
    ].join('\r\n'),
  );
  t.is(first.http.request.id, first.event.id, 'the server knows the record by its id');
  t.is(first.parent, undefined);
  t.deepEqual(first.http.request.headers, { host: 'x' }, 'the headers are what the client sent');
  t.is(first.http.request.bytes, GET.length);
  t.is(first.tapline.injected.headers['x-request-id'], first.event.id);
  t.is(first.tapline.injected.removed, undefined);

  t.is(other.trace.id, TRACE);
  t.is(other.parent.id, SPAN);
  t.true(heads[1]!.includes(`\r\nTraceparent: 00-${TRACE}-${other.span.id}-01\r\nX-Request-Id: mine\r\n`));
  t.true(heads[1]!.includes('\r\nX-Forwarded-For: 127.0.0.1\r\n'));
  t.is(other.http.request.id, 'mine');
  t.not(other.event.id, 'mine');
  t.is(other.http.request.headers['x-forwarded-for'], '6.6.6.6');
  t.deepEqual(other.tapline.injected.removed, ['x-forwarded-for']);
  t.is(other.http.request.bytes, second.length);
});

test('without injection nothing is added, and the span is the one that the client sent', async (t) => {
  const { fixture, heads } = await withHeads(t, []);
  const request = `GET /b HTTP/1.1\r\nHost: x\r\ntraceparent: 00-${TRACE}-${SPAN}-01\r\n\r\n`;
  await fixture.exchange(request);
  const { records } = await fixture.finish();
  t.is(`${heads[0]!}\r\n\r\n`, request);
  t.is(records[0].span.id, SPAN);
  t.is(records[0].parent, undefined);
  t.is(records[0].http.request.id, undefined);
  t.is(records[0].tapline.injected, undefined);
});

test('injection works with capture off and in front of TLS', async (t) => {
  const { fixture, heads } = await withHeads(t, ['--capture=off', '--inject=forwarded', ...TLS]);
  const socket = tls.connect({ port: fixture.port, host: '127.0.0.1', rejectUnauthorized: false });
  const client = new Client(socket);
  client.write(GET);
  await client.until('ok');
  socket.destroy();
  t.true(heads[0]!.endsWith('\r\nForwarded: for=127.0.0.1;host=x;proto=https'));
});

test('an upgrade: its head is added to, the tunnel is not touched', async (t) => {
  let seen = '';
  const fixture = await startFixture(
    t,
    (socket: net.Socket) => {
      socket.on('data', (chunk: Buffer) => {
        const isFirst = seen === '';
        seen += chunk.toString('latin1');
        if (isFirst)
          socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nframes');
      });
      socket.on('end', () => socket.end());
    },
    ['--inject=x-forwarded-for'],
  );
  const client = await fixture.connect();
  client.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, X-Forwarded-For\r\nUpgrade: x\r\n\r\n');
  await client.until('frames');
  client.write(GET);
  client.socket.end();
  await client.untilClose();
  t.is(
    seen,
    `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n${GET}`,
  );
  const { records, report } = await fixture.finish();
  t.is(records[0].tapline.kind, 'tunnel');
  t.deepEqual(records[0].tapline.injected.removed, ['connection']);
  t.true(report.runs[0]!.bytes.isBalanced);
});

test('a secret in an injected field is redacted as elsewhere', async (t) => {
  const { fixture } = await withHeads(t, ['--inject=x-request-id']);
  await fixture.exchange('GET /?a=1 HTTP/1.1\r\nHost: x\r\nX-Request-Id: ?token=canary77\r\n\r\n');
  const { records } = await fixture.finish();
  t.false(JSON.stringify(records).includes('canary77'));
});

test('a script without the filter is told of, when injection is asked for', async (t) => {
  const without = await startScript(
    t,
    'pipy().listen(audit.listen).inspectHttpRequest().connect(audit.upstream).inspectHttpResponse()',
    answering(() => OK),
    ['--inject=forwarded'],
  );
  t.true(without.logLines.some((line) => line.startsWith('warn') && line.includes('injectRequestHeaders')));
  const { fixture } = await withHeads(t, ['--inject=forwarded']);
  t.deepEqual(
    fixture.logLines.filter((line) => line.startsWith('warn')),
    [],
  );
});

test('the client behind trusted proxies; the source stays the peer', async (t) => {
  const { fixture } = await withHeads(t, ['--trusted-proxies=127.0.0.0/8,10.0.0.0/8']);
  for (const field of [
    'X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.1.1.1',
    'Forwarded: for="[2001:db9::7]:4711"',
    'X-Forwarded-For: nonsense',
    'X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.8',
    'X-Other: 1',
  ])
    await fixture.exchange(`GET / HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`);
  const { records } = await fixture.finish();
  const [list, field, malformed, conflict, none] = records;
  t.deepEqual(list.client, { address: '203.0.113.7', ip: '203.0.113.7', bytes: list.source.bytes });
  t.is(list.source.ip, '127.0.0.1');
  t.is(typeof list.source.port, 'number');
  t.is(list.network.forwarded_ip, '203.0.113.7');
  t.deepEqual(list.tapline.client, { from: 'x-forwarded-for' });
  t.is(field.client.ip, '2001:db9::7');
  t.is(field.client.port, 4711);
  t.is(malformed.client.ip, '127.0.0.1');
  t.true(malformed.tapline.client.malformed);
  t.is(malformed.network.forwarded_ip, undefined);
  t.is(conflict.client.ip, '203.0.113.7');
  t.true(conflict.tapline.client.conflict);
  t.is(none.client.ip, '127.0.0.1');
  t.is(none.tapline.client, undefined);
});

test('a peer that is no trusted proxy is not believed', async (t) => {
  const { fixture } = await withHeads(t, ['--trusted-proxies=10.0.0.0/8']);
  await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n');
  const { records } = await fixture.finish();
  t.is(records[0].client.ip, '127.0.0.1');
  t.is(records[0].network.forwarded_ip, undefined);
});

for (const capture of ['on', 'off'] as const)
  test(`PROXY protocol in and out, capture ${capture}`, async (t) => {
    for (const version of [1, 2] as const) {
      let seen = Buffer.alloc(0);
      let answered = 0;
      const fixture = await startFixture(
        t,
        (socket: net.Socket) => {
          socket.on('data', (chunk: Buffer) => {
            seen = Buffer.concat([seen, chunk]);
            const asked = seen.toString('latin1').split('203.0.113.7\r\n\r\n').length - 1;
            while (answered < asked) {
              answered++;
              socket.write(OK);
            }
          });
          socket.on('end', () => socket.end());
        },
        [
          '--proxy-protocol',
          `--upstream-proxy-protocol=${version}`,
          `--capture=${capture}`,
          '--inject=x-forwarded-for',
        ],
      );
      const answer = await fixture.exchange(
        Buffer.concat([encodeProxyHeader(2, HEADER), Buffer.from(GET + GET)]),
      );
      t.is(answer, OK + OK);
      const told = parseProxyHeader(seen);
      t.is(told.kind, 'header');
      if (told.kind !== 'header') return;
      t.deepEqual(told.header.source, HEADER.source);
      t.deepEqual(told.header.destination, HEADER.destination);
      const injected = 'GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n';
      t.is(seen.subarray(told.length).toString(), injected + injected);
      if (capture === 'off') continue;
      const { records, report } = await fixture.finish();
      t.is(records[0].source.ip, '203.0.113.7');
      t.is(records[0].client.port, 4711);
      t.true(report.runs[0]!.bytes.isBalanced, 'the header is no byte of a client');
    }
  });

test('PROXY protocol before TLS, and a connection without it', async (t) => {
  const { fixture } = await withHeads(t, ['--proxy-protocol', ...TLS]);
  const plain = net.connect(fixture.port, '127.0.0.1');
  plain.write(encodeProxyHeader(1, HEADER));
  const client = new Client(tls.connect({ socket: plain, rejectUnauthorized: false }));
  client.write(GET);
  await client.until('ok');
  client.socket.destroy();
  t.is(await fixture.exchange(GET).catch(() => ''), '', 'nothing is answered');
  const { records } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].client.ip, '203.0.113.7');
  t.is(records[0].url.scheme, 'https');
});

import { readFileSync } from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { answering, Client, OK, startFixture, type UpstreamScript } from '../support/fixture.ts';

const FOLDER = path.join(import.meta.dirname, '../support/tls');
const CERT = path.join(FOLDER, 'cert.pem');
const KEY = path.join(FOLDER, 'key.pem');
const GET = 'GET /secure HTTP/1.1\r\nHost: x\r\n\r\n';

async function startTlsUpstream(
  t: ExecutionContext,
  script: UpstreamScript,
): Promise<{ target: string; names: string[] }> {
  const names: string[] = [];
  const server = tls.createServer(
    {
      cert: readFileSync(CERT),
      key: readFileSync(KEY),
      ALPNProtocols: ['http/1.1'],
    },
    (socket) => {
      names.push(`${String(socket.servername)} ${String(socket.alpnProtocol)}`);
      socket.on('error', () => {});
      script(socket);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { target: `127.0.0.1:${(server.address() as net.AddressInfo).port}`, names };
}

function connectTls(port: number, options: tls.ConnectionOptions = {}): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      ca: readFileSync(CERT),
      servername: 'localhost',
      ALPNProtocols: ['h2', 'http/1.1'],
      ...options,
    });
    const client = new Client(socket);
    socket.once('secureConnect', () => resolve(client));
    socket.once('error', reject);
  });
}

test('a TLS front: ALPN offers http/1.1, the record says https', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    [`--tls-cert=${CERT}`, `--tls-key=${KEY}`],
  );
  const client = await connectTls(fixture.port);
  t.is((client.socket as tls.TLSSocket).alpnProtocol, 'http/1.1');
  client.write(GET);
  t.is(await client.until('ok'), OK);
  client.socket.end();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.is(records[0].url.scheme, 'https');
  t.true(report.isComplete, JSON.stringify(report));
});

test('a TLS front that hears plain HTTP leaves no record and goes on', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    [`--tls-cert=${CERT}`, `--tls-key=${KEY}`],
  );
  const plain = await fixture.connect();
  plain.write(GET);
  await plain.untilClose();
  const client = await connectTls(fixture.port);
  client.write(GET);
  t.is(await client.until('ok'), OK);
  client.socket.end();
  await client.untilClose();
  t.true(fixture.logLines.some((line) => line.includes('TLS handshake failed')));
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.true(report.isComplete);
});

test('an https upstream is verified: untrusted 502 or 503, trusted passes', async (t) => {
  const { target, names } = await startTlsUpstream(
    t,
    answering(() => OK),
  );
  const untrusted = await startFixture(t, { target }, [`--upstream=https://${target}`]);
  t.regex(await untrusted.exchange(GET), /^HTTP\/1\.1 50[23] /);
  const { records } = await untrusted.finish();
  t.is(records[0].event.outcome, 'failure');
  t.regex(records[0].error.message, /certificate|self-signed/i);
  t.is(names.length, 0, 'no request reached it');
  const trusted = await startFixture(t, { target }, [
    `--upstream=https://${target}`,
    `--upstream-ca=${CERT}`,
  ]);
  t.is(await trusted.exchange(GET), OK);
  t.is(names[0], 'false http/1.1');
  const named = await startFixture(t, { target }, [
    `--upstream=https://${target}`,
    `--upstream-ca=${CERT}`,
    '--upstream-sni=localhost',
  ]);
  t.is(await named.exchange(GET), OK);
  t.is(names[1], 'localhost http/1.1');
  const wrong = await startFixture(t, { target }, [
    `--upstream=https://${target}`,
    `--upstream-ca=${CERT}`,
    '--upstream-sni=other.test',
  ]);
  t.regex(await wrong.exchange(GET), /^HTTP\/1\.1 50[23] /);
  const insecure = await startFixture(t, { target }, [`--upstream=https://${target}`, '--upstream-insecure']);
  t.is(await insecure.exchange(GET), OK);
});

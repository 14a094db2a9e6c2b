import { readFileSync } from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';
import test from 'ava';
import { encodeProxyHeader } from '../../src/codecs/proxy-protocol/encode.ts';
import { startScript } from '../support/script.ts';

const FOLDER = path.join(import.meta.dirname, '../support/tls');
const PEM = JSON.stringify({
  cert: readFileSync(path.join(FOLDER, 'cert.pem'), 'utf8'),
  key: readFileSync(path.join(FOLDER, 'key.pem'), 'utf8'),
});
const HEADER = {
  source: { address: '203.0.113.7', port: 4711 },
  destination: { address: '198.51.100.1', port: 443 },
};
const WHO = `.onData(data => data.push(' from ' + __inbound.remoteAddress + ':' + __inbound.remotePort + ' to ' + __inbound.localAddress))`;

test('listen takes the addresses from the header, whatever the cutting; the rest is the stream', async (t) => {
  const gateway = await startScript(t, `pipy().listen(audit.listen, { proxyProtocol: true })${WHO}`);
  for (const version of [1, 2] as const) {
    const header = encodeProxyHeader(version, HEADER);
    const whole = await gateway.exchange(Buffer.concat([header, Buffer.from('hello')]));
    t.is(whole, 'hello from 203.0.113.7:4711 to 198.51.100.1');
    const client = await gateway.connect();
    for (const byte of header) {
      client.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.write('later');
    t.is(await client.until('198.51.100.1'), 'later from 203.0.113.7:4711 to 198.51.100.1');
    client.socket.end();
  }
  const own = await gateway.exchange(
    Buffer.concat([encodeProxyHeader(2, { source: null, destination: null }), Buffer.from('check')]),
  );
  t.regex(own, /^check from 127\.0\.0\.1:\d+ to 127\.0\.0\.1$/);
});

test('a connection without a header is refused, and says so in the log', async (t) => {
  const gateway = await startScript(t, `pipy().listen(audit.listen, { proxyProtocol: true })${WHO}`);
  t.is(await gateway.exchange('GET / HTTP/1.1\r\n\r\n').catch(() => ''), '');
  t.true(gateway.logLines.some((line) => line.includes('does not begin with a PROXY header')));
});

test('the header comes before the handshake', async (t) => {
  const gateway = await startScript(
    t,
    `pipy().listen(audit.listen, { proxyProtocol: true, tls: ${PEM} })${WHO}`,
  );
  const plain = net.connect(gateway.port, '127.0.0.1');
  plain.write(encodeProxyHeader(2, HEADER));
  const socket = tls.connect({ socket: plain, rejectUnauthorized: false });
  socket.write('secret');
  const text = await new Promise<string>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => resolve(chunk.toString()));
    socket.on('error', reject);
  });
  t.is(text, 'secret from 203.0.113.7:4711 to 198.51.100.1');
  socket.destroy();
});

test('connect tells the addresses of its client', async (t) => {
  for (const version of [1, 2] as const) {
    const gateway = await startScript(
      t,
      `pipy().listen(audit.listen).connect(audit.upstream, { proxyProtocol: ${version} })`,
      (socket) => {
        let seen = Buffer.alloc(0);
        socket.on('data', (chunk: Buffer) => {
          seen = Buffer.concat([seen, chunk]);
          if (seen.includes('ping')) socket.end(seen);
        });
      },
    );
    const client = await gateway.connect();
    const { localPort } = client.socket;
    client.write('ping');
    const answer = await client.untilClose();
    const expected = encodeProxyHeader(version, {
      source: { address: '127.0.0.1', port: localPort! },
      destination: { address: '127.0.0.1', port: gateway.port },
    });
    t.is(answer, `${expected.toString('latin1')}ping`);
  }
});

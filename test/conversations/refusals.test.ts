import test from 'ava';
import { answering, OK, startFixture } from '../support/fixture.ts';

/** What two parsers could read differently, and what we do not speak: name, request, status. */
const REFUSED: readonly [string, string, number][] = [
  [
    'Content-Length with Transfer-Encoding',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  [
    'differing lengths',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
    400,
  ],
  ['a signed length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc', 400],
  ['a folded line', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n', 400],
  ['a blank before the colon', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc', 400],
  ['a bare CR', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n', 400],
  ['a bare LF', 'GET / HTTP/1.1\nHost: x\n\n', 400],
  ['NUL in a value', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n', 400],
  [
    'a bad chunk size',
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n',
    400,
  ],
  ['chunked that is not last', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n', 400],
  ['an unknown coding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: foo, chunked\r\n\r\n', 501],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a request line of two parts', 'GET /\r\nHost: x\r\n\r\n', 400],
  ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(300)}\r\n`, 431],
  ['a long header', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(9000)}\r\n\r\n`, 431],
  [
    'a no-break space before chunked',
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \xa0chunked\r\n\r\n0\r\n\r\n',
    501,
  ],
  ['an underscore for a dash', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer_Encoding: chunked\r\n\r\n', 400],
  [
    'a Connection that drops framing',
    'POST / HTTP/1.1\r\nHost: x\r\nConnection: transfer-encoding\r\n\r\n',
    400,
  ],
  ['a fragment in the target', 'GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a target without a slash', 'GET foo HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a target of another host', 'GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b/@c\r\n\r\n', 400],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', 501],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  [
    'an upgrade to h2c',
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    501,
  ],
];

for (const [name, request, status] of REFUSED) {
  test(`${name} is answered ${status}, not forwarded, and recorded`, async (t) => {
    const forwarded: Buffer[] = [];
    const fixture = await startFixture(t, (socket) => {
      socket.on('data', (chunk: Buffer) => forwarded.push(chunk));
      socket.on('end', () => socket.end());
    });
    const answer = await fixture.exchange(request, { isHalfClosing: false });
    t.true(answer.startsWith(`HTTP/1.1 ${status} `), answer);
    t.regex(answer, /connection: close/i);
    const sent = Buffer.concat(forwarded).toString('latin1');
    // A body that turns bad comes after a head that was sound: only that was forwarded.
    t.true(name === 'a bad chunk size' ? !sent.includes('0x3') : sent === '', sent);
    const { records, report } = await fixture.finish();
    t.is(records.length, 1);
    t.is(records[0].http.response.status_code, status);
    t.is(records[0].event.outcome, 'failure');
    t.regex(records[0].error.type, /^[a-z0-9-]+$/);
    t.true(report.isComplete, JSON.stringify(report));
  });
}

test('a refusal comes after the answers of the requests before it', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  const answer = await fixture.exchange(
    'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nBROKEN\r\n\r\nGET /4 HTTP/1.1\r\nHost: x\r\n\r\n',
    { isHalfClosing: false },
  );
  t.true(answer.startsWith(`${OK}${OK}HTTP/1.1 400 `), answer);
  const { records, report } = await fixture.finish();
  t.deepEqual(
    records.map((record) => record.http.response.status_code),
    [200, 200, 400],
  );
  t.true(report.isComplete, JSON.stringify(report));
});

test('refusals are the same for every cutting', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  for (const [name, request, status] of REFUSED.slice(0, 14)) {
    const client = await fixture.connect();
    client.socket.on('error', () => {});
    for (const byte of request) {
      if (client.socket.destroyed || !client.socket.writable) break;
      client.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answer = await client.untilClose();
    t.true(answer.startsWith(`HTTP/1.1 ${status} `), `${name}: ${answer}`);
  }
  const { report } = await fixture.finish();
  t.true(report.isComplete, JSON.stringify(report));
});

/** Refused after a part of the stream was forwarded: name, what comes first, what is refused. */
const REFUSED_LATER: readonly [string, string, string][] = [
  [
    'a request after the last one',
    'GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET /2 HTTP/1.1\r\nHost: x\r\n\r\n',
  ],
  [
    'a blank behind a chunk size',
    'POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    '5 \r\nhello\r\n0\r\n\r\n',
  ],
  [
    'framing in the trailers',
    'POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n',
    'Content-Length: 5\r\n\r\n',
  ],
];

for (const [name, first, second] of REFUSED_LATER)
  test(`${name} is not forwarded`, async (t) => {
    const forwarded: Buffer[] = [];
    const fixture = await startFixture(t, (socket) => {
      socket.on('data', (chunk: Buffer) => {
        forwarded.push(chunk);
        if (
          Buffer.concat(forwarded).includes('\r\n\r\n') &&
          first.startsWith('GET') &&
          forwarded.length === 1
        )
          socket.write(OK);
      });
      socket.on('end', () => socket.end());
    });
    const answer = await fixture.exchange(first + second, { isHalfClosing: false });
    t.regex(answer, /HTTP\/1\.1 400 /);
    t.true(first.startsWith(Buffer.concat(forwarded).toString('latin1')), 'at most the sound part');
    const { report } = await fixture.finish();
    t.true(report.isComplete, JSON.stringify(report));
  });

test('nothing is written behind an answer that the close delimits', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nthe body'));
  });
  const answer = await fixture.exchange(
    'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nBAD\r\n\r\n',
    {
      isHalfClosing: false,
    },
  );
  t.is(answer, 'HTTP/1.1 200 OK\r\n\r\nthe body');
  const { records, report } = await fixture.finish();
  t.is(records[1].error.type, 'upstream-closed');
  t.deepEqual(
    records.map((record) => record.event.outcome),
    ['success', 'failure', 'failure'],
  );
  t.true(report.isComplete, JSON.stringify(report));
});

test('a client that half-closed and has its answer is not kept waiting for the upstream', async (t) => {
  const fixture = await startFixture(t, (socket) => void socket.on('data', () => socket.write(OK)));
  t.is(await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), OK);
});

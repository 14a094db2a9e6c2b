import test from 'ava';
import { answering, OK, startFixture } from '../support/fixture.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test('a client that says nothing leaves no record', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  const client = await fixture.connect();
  client.socket.end();
  t.is(await client.untilClose(), '');
  const { records, report } = await fixture.finish();
  t.is(records.length, 0);
  t.true(report.isComplete);
});

test('FIN inside a head: 400 and a refusal', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  t.regex(await fixture.exchange('GET / HTTP/1.1\r\nHos'), /^HTTP\/1\.1 400 /);
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].error.type, 'incomplete-head');
  t.is(records[0].http.response.status_code, 400);
  t.is(records[0].event.outcome, 'failure');
  t.true(report.isComplete, JSON.stringify(report));
});

test('FIN inside a body is a failure of the client', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  const answer = await fixture.exchange('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
  t.regex(answer, /^HTTP\/1\.1 502 /);
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].error.type, 'client-closed');
  t.is(records[0].http.request.body.bytes, 3);
  t.true(report.isComplete);
});

test('FIN while the answer is outstanding: the client gets it, then FIN', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    let hasEnded = false;
    socket.on('data', () => {});
    socket.on('end', () => {
      hasEnded = true;
      socket.end(OK);
    });
    socket.on('close', () => t.true(hasEnded));
  });
  t.is(await fixture.exchange(GET), OK);
  const { records } = await fixture.finish();
  t.is(records[0].event.outcome, 'success');
});

test('RST inside a head is a refusal that accounts for its bytes', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
  );
  const client = await fixture.connect();
  client.write(`${GET}GET /half`);
  await client.until('ok');
  client.socket.resetAndDestroy();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.is(records.length, 2);
  t.is(records[1].http.request.bytes, 'GET /half'.length);
  t.true(report.isComplete, JSON.stringify(report));
});

test('RST while the answer is under way is a failure', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'));
  });
  const client = await fixture.connect();
  client.write(GET);
  await client.until('part');
  client.socket.resetAndDestroy();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].event.outcome, 'failure');
  t.is(records[0].error.type, 'client-closed');
  t.is(records[0].http.response.body.bytes, 4);
  t.true(report.isComplete, JSON.stringify(report));
});

test('a slow head is answered 408', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--header-timeout=50ms'],
  );
  t.regex(await fixture.exchange('GET / HTT', { isHalfClosing: false }), /^HTTP\/1\.1 408 /);
  const { records, report } = await fixture.finish();
  t.is(records[0].error.type, 'header-timeout');
  t.true(report.isComplete, JSON.stringify(report));
});

test('an idle connection is closed', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--idle-timeout=1s'],
  );
  t.is(await fixture.exchange(GET, { isHalfClosing: false }), OK);
});

test('an upstream that refuses: 503 for each open request', async (t) => {
  const fixture = await startFixture(t, { target: '127.0.0.1:1' });
  const answer = await fixture.exchange(GET + GET);
  t.is(answer.match(/HTTP\/1\.1 503 /g)?.length, 2);
  const { records, report } = await fixture.finish();
  t.deepEqual(
    records.map((record) => record.error.type),
    ['ConnectionRefused', 'ConnectionRefused'],
  );
  t.deepEqual(
    records.map((record) => record.http.response.status_code),
    [503, 503],
  );
  t.true(report.isComplete, JSON.stringify(report));
});

test('an upstream that does not resolve: 503', async (t) => {
  const fixture = await startFixture(t, { target: 'no-such-host.invalid:80' });
  t.regex(await fixture.exchange(GET), /^HTTP\/1\.1 503 /);
  const { records } = await fixture.finish();
  t.is(records[0].error.type, 'CannotResolve');
});

test('a silent upstream: 504', async (t) => {
  const fixture = await startFixture(t, (socket) => socket.on('data', () => {}), ['--response-timeout=50ms']);
  t.regex(await fixture.exchange(GET, { isHalfClosing: false }), /^HTTP\/1\.1 504 /);
  const { records, report } = await fixture.finish();
  t.is(records[0].error.type, 'Timeout');
  t.true(report.isComplete);
});

test('a request that its client cuts is answered in time too, where the upstream says nothing', async (t) => {
  const fixture = await startFixture(t, (socket) => socket.on('data', () => {}), [
    '--response-timeout=50ms',
    '--idle-timeout=1h',
  ]);
  const cut = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf';
  t.regex(await fixture.exchange(cut), /^HTTP\/1\.1 504 /);
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.true(report.isComplete);
});

for (const [how, end] of [
  ['FIN', (socket: import('node:net').Socket) => void socket.end()],
  ['RST', (socket: import('node:net').Socket) => void socket.resetAndDestroy()],
] as const) {
  test(`an upstream that ends with ${how} before it answers: 502`, async (t) => {
    const fixture = await startFixture(t, (socket) => socket.on('data', () => end(socket)));
    t.regex(await fixture.exchange(GET, { isHalfClosing: false }), /^HTTP\/1\.1 502 /);
    const { records, report } = await fixture.finish();
    t.is(records[0].http.response.status_code, 502);
    t.is(records[0].event.outcome, 'failure');
    t.true(report.isComplete);
  });

  test(`an upstream that ends with ${how} inside an answer with a length: the client sees a reset`, async (t) => {
    const fixture = await startFixture(t, (socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart', () =>
          setImmediate(() => end(socket)),
        );
      });
    });
    const client = await fixture.connect();
    client.write(GET);
    t.regex(await client.untilClose(), /part$/);
    t.true(client.isReset);
    const { records, report } = await fixture.finish();
    t.is(records[0].error.type, 'connection-broken');
    t.is(records[0].http.response.body.content, 'part');
    t.true(report.isComplete, JSON.stringify(report));
  });
}

test('an upstream that resets inside an answer that the close delimits: no clean end', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\npart', () => setImmediate(() => socket.resetAndDestroy()));
    });
  });
  const client = await fixture.connect();
  client.write(GET);
  await client.untilClose();
  t.true(client.isReset);
  const { records } = await fixture.finish();
  t.is(records[0].event.outcome, 'failure');
});

test('an upstream that closes between answers: FIN', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    socket.on('data', () => socket.end(OK));
  });
  const client = await fixture.connect();
  client.write(GET);
  t.is(await client.untilClose(), OK);
  t.false(client.isReset);
});

test('an answer that cannot be read: 502 where nothing was sent', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => 'SMTP 220 hello\r\n\r\n'),
  );
  t.regex(await fixture.exchange(GET, { isHalfClosing: false }), /^HTTP\/1\.1 502 /);
  const { records, report } = await fixture.finish();
  t.is(records[0].event.outcome, 'failure');
  t.true(report.isComplete, JSON.stringify(report));
});

test('over the connection limit the client is told, and a place that becomes free is given again', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--max-connections=1'],
  );
  const first = await fixture.connect();
  first.write(GET);
  await first.until('ok');
  const second = await fixture.connect();
  t.regex(await second.untilClose(), /^HTTP\/1\.1 503 [^]*connection limit/);
  first.socket.end();
  await first.untilClose();
  t.is(await fixture.exchange(GET), OK);
});

test('a stop lets what is in flight finish and closes idle connections', async (t) => {
  let answer: () => void = () => {};
  const asked = Promise.withResolvers<void>();
  const fixture = await startFixture(t, (socket) => {
    socket.on('data', () => {
      answer = () => socket.write(OK);
      asked.resolve();
    });
    socket.on('end', () => socket.end());
  });
  const idle = await fixture.connect();
  const busy = await fixture.connect();
  busy.write(GET);
  await asked.promise;
  const stopped = fixture.stop(5000);
  t.is(await idle.untilClose(), '');
  answer();
  t.is(await busy.untilClose(), OK);
  await stopped;
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].event.outcome, 'success');
  t.true(report.isComplete);
});

const UPGRADE =
  'POST /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n\r\n';

test('an upgrade that is accepted before its body is whole becomes a tunnel after it', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('hel')) socket.write('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
      if (text.endsWith('TUN')) socket.end('echo');
    });
  });
  const client = await fixture.connect();
  client.write(`${UPGRADE}hel`);
  await client.until('101');
  client.write('lo');
  client.write('TUN');
  await client.until('echo');
  client.socket.end();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.true(report.isComplete, JSON.stringify(report));
});

test('an upgrade that is refused before its body is whole is followed by the next request', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('hel') || text.endsWith('\r\n\r\n')) socket.write(OK);
    });
  });
  const client = await fixture.connect();
  client.write(`${UPGRADE}hel`);
  await client.until('ok');
  client.received = Buffer.alloc(0);
  client.write(`lo${GET}`);
  t.is(await client.until('ok'), OK);
  client.socket.end();
  await client.untilClose();
  t.true((await fixture.finish()).report.isComplete);
});

for (const [name, first, rest] of [
  ['answered', OK, ''],
  ['being answered', OK.slice(0, -1), 'k'],
] as const)
  test(`a body that turns bad when its request is ${name} ends the connection`, async (t) => {
    const fixture = await startFixture(t, (socket) => {
      socket.once('data', () => {
        socket.write(first);
        setTimeout(() => socket.write(rest), 100);
      });
    });
    const client = await fixture.connect();
    client.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await client.until(first);
    client.write('ZZ\r\n');
    t.is(await client.untilClose(), OK);
    const { records, report } = await fixture.finish();
    t.is(records.length, 1);
    t.is(records[0].event.outcome, 'failure');
    t.true(report.isComplete, JSON.stringify(report));
  });

import test from 'ava';
import * as fc from 'fast-check';
import { answering, OK, startFixture } from '../support/fixture.ts';

test('a GET and its answer pass byte for byte and make one record', async (t) => {
  let seen = '';
  const fixture = await startFixture(t, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (seen.endsWith('\r\n\r\n'))
        socket.write('HTTP/1.1 200 Fine\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello');
    });
    socket.on('end', () => socket.end());
  });
  const request = 'GET /a?b=c HTTP/1.1\r\nhOsT: x\r\nX-Odd:   spaced  \r\n\r\n';
  t.is(await fixture.exchange(request), 'HTTP/1.1 200 Fine\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello');
  t.is(seen, request);
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  const [record] = records;
  t.is(record.http.request.method, 'GET');
  t.is(record.url.path, '/a');
  t.is(record.http.response.status_code, 200);
  t.is(record.http.response.body.content, 'hello');
  t.is(record.http.request.bytes, request.length);
  t.is(record.event.outcome, 'success');
  t.true(report.isComplete, JSON.stringify(report));
});

test('pipelined requests are answered and recorded in order', async (t) => {
  const fixture = await startFixture(
    t,
    answering((head) => {
      const path = head.split(' ')[1]!;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`;
    }),
  );
  const paths = ['/one', '/two', '/three', '/four'];
  const answer = await fixture.exchange(
    paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''),
  );
  t.deepEqual(answer.match(/\/(?:one|two|three|four)/g), paths);
  const { records, report } = await fixture.finish();
  t.deepEqual(
    records.map((record) => record.url.path),
    paths,
  );
  t.deepEqual(
    records.map((record) => record.http.response.body.content),
    paths,
  );
  t.deepEqual(
    records.map((record) => record.event.sequence),
    [1, 2, 3, 4],
  );
  t.true(report.isComplete);
});

test('any cutting of the input gives the same bytes and the same records', async (t) => {
  const fixture = await startFixture(
    t,
    answering(
      (_head, body) =>
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)};x=y\r\n${body}\r\n0\r\nT: 1\r\n\r\n`,
    ),
  );
  const request =
    'POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world' +
    'POST /q HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';
  const expected =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb;x=y\r\nhello world\r\n0\r\nT: 1\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n';
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: request.length - 1 }), { maxLength: 6 }),
      async (cuts) => {
        runs++;
        const client = await fixture.connect();
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), request.length]) {
          client.write(request.slice(from, cut));
          from = cut;
          await new Promise((resolve) => setImmediate(resolve));
        }
        client.socket.end();
        t.is(await client.untilClose(), expected);
      },
    ),
    { numRuns: 40 },
  );
  const { records, report } = await fixture.finish();
  t.is(records.length, runs * 2);
  for (const [index, record] of records.entries()) {
    const body = index % 2 === 0 ? 'hello world' : 'abc';
    t.is(record.http.request.body.content, body);
    t.is(record.http.response.body.content, body);
  }
  t.true(report.isComplete, JSON.stringify(report));
});

test('HEAD, 204 and 304 have no body and keep the order', async (t) => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
    OK,
  ];
  const fixture = await startFixture(
    t,
    answering((_head, _body, index) => answers[index]!),
  );
  const answer = await fixture.exchange(
    ['HEAD', 'GET', 'GET', 'GET']
      .map((method, index) => `${method} /${index} HTTP/1.1\r\nHost: x\r\n\r\n`)
      .join(''),
  );
  t.is(answer, answers.join(''));
  const { records } = await fixture.finish();
  t.deepEqual(
    records.map((record) => record.http.response.status_code),
    [200, 204, 304, 200],
  );
});

test('interim answers pass at once and the final one is recorded', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      socket.once('data', () => socket.write(OK));
    });
    socket.on('end', () => socket.end());
  });
  const client = await fixture.connect();
  client.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await client.until('100 Continue\r\n\r\n');
  client.write('abc');
  await client.until('ok');
  client.socket.end();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].http.response.status_code, 200);
  t.is(records[0].http.request.body.content, 'abc');
  t.true(report.isComplete);
});

test('a body that the close delimits, and HTTP/1.0', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nall until the end'));
  });
  t.is(
    await fixture.exchange('GET / HTTP/1.0\r\n\r\n', { isHalfClosing: false }),
    'HTTP/1.0 200 OK\r\n\r\nall until the end',
  );
  const { records, report } = await fixture.finish();
  t.is(records[0].http.response.body.content, 'all until the end');
  t.is(records[0].event.outcome, 'success');
  t.true(report.isComplete);
});

test('an upgraded connection passes both ways at once and makes one record with both byte counts', async (t) => {
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  const fixture = await startFixture(t, (socket) => {
    socket.once('data', () => {
      socket.write(`${switching}server first`);
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
    });
    socket.on('end', () => socket.end());
  });
  const client = await fixture.connect();
  const request = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  client.write(request);
  await client.until('server first');
  client.write('ping over the tunnel');
  await client.until('ping over the tunnel');
  client.socket.end();
  await client.untilClose();
  const { records, report } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].http.response.status_code, 101);
  t.is(records[0].http.request.bytes, request.length + 20);
  t.is(records[0].http.response.bytes, switching.length + 12 + 20);
  t.is(records[0].event.outcome, 'success');
  t.true(report.isComplete, JSON.stringify(report));
});

test('server-sent events arrive before the answer ends', async (t) => {
  let send: (text: string) => void = () => {};
  const fixture = await startFixture(t, (socket) => {
    socket.once('data', () => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      send = (text) => socket.write(`${text.length.toString(16)}\r\n${text}\r\n`);
      send('data: one\n\n');
    });
    socket.on('end', () => socket.end());
  });
  const client = await fixture.connect();
  client.write('GET /events HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until('data: one');
  send('data: two\n\n');
  await client.until('data: two');
  client.socket.destroy();
  await fixture.stop();
  const { records } = await fixture.finish();
  t.is(records.length, 1);
  t.is(records[0].event.outcome, 'failure');
  t.regex(records[0].http.response.body.content, /data: one[^]*data: two/);
});

test('a client that pipelines without end is stopped, and gets all its answers', async (t) => {
  let heads = 0;
  let mostHeads = 0;
  const fixture = await startFixture(t, (socket) => {
    let held = '';
    socket.on('data', (chunk: Buffer) => {
      held += chunk.toString('latin1');
      const parts = held.split('\r\n\r\n');
      held = parts.pop()!;
      heads += parts.length;
      mostHeads = Math.max(mostHeads, heads);
      // Answers come only when no more requests do.
      setTimeout(() => {
        for (; heads > 0; heads--) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }, 50);
    });
  });
  const count = 2000;
  const answer = await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(count));
  t.is(answer.split('HTTP/1.1 200').length - 1, count);
  t.true(mostHeads <= 256, `${mostHeads}`);
  const { records, report } = await fixture.finish();
  t.is(records.length, count);
  t.true(report.isComplete, JSON.stringify(report));
});

test('the record tells when the request ended: with its head, with its last byte, after its answer, or never', async (t) => {
  const fixture = await startFixture(t, (socket) => {
    let seen = '';
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      // What was answered early goes on coming.
      if (/^GET|whole$|early/.test(seen)) {
        socket.write(OK);
        seen = 'answered';
      } else if (seen.endsWith('half ')) socket.write('HTTP/1.1 102 Processing\r\n\r\n');
    });
    socket.on('end', () => socket.end());
  });
  const post = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n`;
  await fixture.exchange('GET /head HTTP/1.1\r\nHost: x\r\n\r\n');
  const whole = await fixture.connect();
  whole.write(`${post('/whole')}half `);
  await whole.until('102 Processing');
  whole.write('whole');
  await whole.until('\r\n\r\nok');
  whole.socket.end();
  await whole.untilClose();
  const early = await fixture.connect();
  early.write(post('/early'));
  await early.until('\r\n\r\nok');
  early.write('0123456789');
  early.socket.end();
  await early.untilClose();
  await fixture.exchange(`${post('/cut')}half `);
  const { records } = await fixture.finish();
  const times = records.map(({ url, event, tapline: { request, response } }) => [
    url.path,
    request.last_byte,
    response.first_byte,
    event.duration,
  ]);
  t.deepEqual(
    times.map(([path]) => path),
    ['/head', '/whole', '/early', '/cut'],
  );
  const [head, inParts, answeredEarly, cut] = times;
  t.is(head![1], 0);
  t.true(0 < inParts![1] && inParts![1] < inParts![2] && inParts![2] <= inParts![3], String(inParts));
  t.true(0 < answeredEarly![2] && answeredEarly![2] < answeredEarly![1], String(answeredEarly));
  t.is(cut![1], undefined);
});

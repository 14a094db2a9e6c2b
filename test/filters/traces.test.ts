import test from 'ava';
import { answering, OK } from '../support/fixture.ts';
import { startScript } from '../support/script.ts';

/** The observed traces of the filter language (spec filters, appendix), with our differences. */

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const bodies = (answer: string): string[] =>
  answer
    .split(/HTTP\/1\.[01] /)
    .slice(1)
    .map((part) => part.split('\r\n\r\n')[1] ?? '');

test('1: an empty pipeline echoes', async (t) => {
  const gateway = await startScript(t, 'pipy().listen(audit.listen)');
  t.is(await gateway.exchange('hello'), 'hello');
});

test('2: a decoded request encoded as a response', async (t) => {
  const gateway = await startScript(
    t,
    'pipy().listen(audit.listen).decodeHttpRequest().encodeHttpResponse()',
  );
  const answer = await gateway.exchange('GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\n');
  t.is(answer, 'HTTP/1.1 200 OK\r\nhost: x\r\nx-a: 1\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n');
  const two = await gateway.exchange(
    'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n',
    { isHalfClosing: false },
  );
  t.is(
    two,
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc' +
      'HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  );
});

test('4: objects among the initial values are shared, numbers are not', async (t) => {
  const gateway = await startScript(
    t,
    `pipy({ n: 0, list: [], o: { c: 0 } })
    .listen(audit.listen).decodeHttpRequest()
    .replaceMessage(() => (n++, list.push(1), o.c++, new Message(JSON.stringify([n, list.length, o.c]))))
    .encodeHttpResponse()`,
  );
  t.deepEqual(bodies(await gateway.exchange(get('/') + get('/'))), ['[1,1,1]', '[2,2,2]']);
  t.deepEqual(bodies(await gateway.exchange(get('/'))), ['[1,3,3]']);
});

test('5: link is decided once', async (t) => {
  const gateway = await startScript(
    t,
    `pipy({ _path: '', calls: { n: 0 } })
    .listen(audit.listen).decodeHttpRequest()
    .onMessageStart(event => _path = event.head.path)
    .link('a', () => (calls.n++, _path == '/a'), 'b').encodeHttpResponse()
    .pipeline('a').replaceMessage(() => new Message('A' + calls.n))
    .pipeline('b').replaceMessage(() => new Message('B' + calls.n))`,
  );
  t.deepEqual(bodies(await gateway.exchange(get('/b') + get('/a'))), ['B1', 'B1']);
});

test('6: the contexts of forks', async (t) => {
  const gateway = await startScript(
    t,
    `pipy({ v: 0, w: 1, seen: [] })
    .listen(audit.listen)
    .onData(() => w = 5)
    .fork('f', { v: 3 }).fork('f', [{ v: 4 }, { v: 5 }, 1]).fork('f', () => ({ v: w + 1 }))
    .replaceMessage()
    .onSessionEnd(() => 0)
    .link('tail')
    .pipeline('tail').onData(() => 0).link('say')
    .pipeline('say').decodeHttpRequest().replaceMessage(() => new Message(seen.join(', ') + '; v ' + v)).encodeHttpResponse()
    .pipeline('f').onData(data => data.size && (seen.push(v + ' ' + w), v = 7))`,
  );
  t.deepEqual(bodies(await gateway.exchange(get('/'))), ['3 5, 4 5, 5 5, 0 5, 6 5; v 7']);
});

test('9: the groups of a mux; the shared session has a copy of its first user', async (t) => {
  const gateway = await startScript(
    t,
    `pipy({ _path: '', _n: 0, count: { connections: 0, selected: 0 } })
    .listen(audit.listen).onSessionStart(() => _n = ++count.connections)
    .decodeHttpRequest().onMessageStart(event => _path = event.head.path)
    .mux('shared', () => (count.selected++, _path)).encodeHttpResponse()
    .pipeline('shared').replaceMessage(() => new Message(_n + _path + count.selected))`,
  );
  t.deepEqual(bodies(await gateway.exchange(get('/a') + get('/b'))), ['1/a1', '1/a1']);
  t.deepEqual(bodies(await gateway.exchange(get('/a'))), ['1/a2']);
  t.deepEqual(bodies(await gateway.exchange(get('/b'))), ['3/b3']);
});

test('10: what replaceMessage may give', async (t) => {
  const answers: Record<string, string[]> = {
    '[new MessageStart({ status: 201 }), null, new Data("a"), new Data("b"), new MessageEnd]': ['ab'],
    '[new Message("one"), new Message("two")]': ['one', 'two'],
    'new SessionEnd': [],
    null: [],
    '(() => { throw new Error("x") })()': [],
    '42': [],
  };
  for (const [result, expected] of Object.entries(answers)) {
    const gateway = await startScript(
      t,
      `pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(() => ${result}).encodeHttpResponse()`,
    );
    t.deepEqual(bodies(await gateway.exchange(get('/'))), expected, result);
  }
});

const PROXY = `pipy()
  .listen(audit.listen).decodeHttpRequest().link('up').encodeHttpResponse()
  .pipeline('up').encodeHttpRequest().connect(audit.upstream).decodeHttpResponse()`;

test('12: an upstream that refuses answers 503 to each request', async (t) => {
  const gateway = await startScript(t, PROXY);
  const answer = await gateway.exchange(get('/1') + get('/2'));
  t.is(answer.match(/HTTP\/1\.1 503 Connection Refused/g)?.length, 2, answer);
});

test('13: an upstream that closes without answering: 502', async (t) => {
  const gateway = await startScript(t, PROXY, (socket) => void socket.on('data', () => socket.end()));
  t.regex(await gateway.exchange(get('/')), /^HTTP\/1\.1 502 Bad Gateway\r\n/);
});

test('20: what a pipeline emits is sent at the end of the turn', async (t) => {
  const gateway = await startScript(
    t,
    "pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(() => new Data('root'))",
  );
  t.is(await gateway.exchange(get('/')), 'root');
});

test('21: a client that half-closes gets its answer', async (t) => {
  const gateway = await startScript(
    t,
    PROXY,
    (socket) => void socket.on('data', () => setTimeout(() => socket.write(OK), 50)),
  );
  t.deepEqual(bodies(await gateway.exchange(get('/'))), ['ok']);
});

test('a proxy of decoded messages keeps bodies, HEAD, chunks and several cookies', async (t) => {
  const gateway = await startScript(
    t,
    PROXY,
    answering((head, body) =>
      head.startsWith('HEAD')
        ? 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n'
        : `HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<${body.length}\r\n1\r\n>\r\n0\r\n\r\n`,
    ),
  );
  const answer = await gateway.exchange(
    'HEAD / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789',
  );
  t.is(
    answer,
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\n<10>',
  );
});

test('a body that takes longer than a turn is streamed in chunks, both ways', async (t) => {
  const gateway = await startScript(t, PROXY, (socket) => {
    let text = '';
    let hasBegun = false;
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!hasBegun && text.includes('first')) {
        hasBegun = true;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nearly;');
      }
      if (text.endsWith('0\r\n\r\n')) socket.write('!');
    });
  });
  const client = await gateway.connect();
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nfirst,');
  t.true((await client.until('early;')).includes('Transfer-Encoding: chunked'));
  client.write('later');
  await client.until('0\r\n\r\n');
  client.socket.end();
});

test('a script cannot write a line end into a head', async (t) => {
  const gateway = await startScript(
    t,
    `pipy().listen(audit.listen).decodeHttpRequest()
    .replaceMessage(() => new Message({ headers: { 'x-a': 'b\\r\\nx-evil: 1' } }, 'body')).encodeHttpResponse()`,
  );
  t.false((await gateway.exchange(get('/'))).includes('evil'));
  t.true(
    gateway.logLines.some((line) => line.includes('must not contain CR')),
    gateway.logLines.join('\n'),
  );
});

test('a request that cannot be read is answered in its turn, then the connection ends', async (t) => {
  const gateway = await startScript(
    t,
    "pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(() => new Message('fine')).encodeHttpResponse()",
  );
  const answer = await gateway.exchange(`${get('/')}BAD\r\n\r\n`, { isHalfClosing: false });
  t.regex(answer, /^HTTP\/1\.1 200 OK\r\n[^]*fineHTTP\/1\.1 400 Bad Request/);
});

test('100-continue is sent where the pipeline waits for the body', async (t) => {
  const gateway = await startScript(
    t,
    'pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(message => new Message(message.body)).encodeHttpResponse()',
  );
  const client = await gateway.connect();
  client.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
  t.is(await client.until('100 Continue\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
  client.write('ok');
  await client.until('\r\n\r\nok');
  client.socket.end();
});

test('11: what replaceMessageBody may give', async (t) => {
  const answers: Record<string, RegExp> = {
    null: /200 OK[^]*Content-Length: 0\r\n\r\n$/,
    'new Data("body")': /200 OK[^]*Content-Length: 4\r\n\r\nbody$/,
    '["a", new Data("b"), null]': /Content-Length: 2\r\n\r\nab$/,
    '"text"': /Content-Length: 4\r\n\r\ntext$/,
    'new Message({ status: 202 }, "x")': /^$/,
    '42': /^$/,
    '(() => { throw new Error("x") })()': /^$/,
  };
  for (const [result, expected] of Object.entries(answers)) {
    const gateway = await startScript(
      t,
      `pipy().listen(audit.listen).decodeHttpRequest().replaceMessageBody(() => ${result}).encodeHttpResponse()`,
    );
    t.regex(await gateway.exchange(get('/')), expected, result);
  }
});

test('14: a task runs once without a SessionEnd, again and again with one, also where it fails', async (t) => {
  const gateway = await startScript(
    t,
    `pipy({ n: 0, seen: { once: 0, again: [], failing: 0 } })
    .listen(audit.listen).decodeHttpRequest().replaceMessage(() => new Message(JSON.stringify(seen))).encodeHttpResponse()
    .task('0.02s').onMessageStart(() => seen.once++)
    .task(0.02).onMessageStart(() => seen.again.push(++n)).replaceMessage(() => new SessionEnd)
    .task('20ms').onMessageStart(() => (seen.failing++, nothing))`,
  );
  let seen = { once: 0, again: [] as number[], failing: 0 };
  const deadline = Date.now() + 10_000;
  while ((seen.again.length < 4 || seen.failing < 4) && Date.now() < deadline)
    seen = JSON.parse(bodies(await gateway.exchange(get('/')))[0]!) as typeof seen;
  t.is(seen.once, 1);
  t.true(seen.again.length >= 4);
  t.true(
    seen.again.every((value) => value === 1),
    'numbers begin anew with each run',
  );
  t.true(seen.failing >= 4);
  t.true(gateway.logLines.filter((line) => line.includes('unresolved identifier: nothing')).length >= 4);
});

test('who stays connected: the table of decodeHttpRequest', async (t) => {
  const gateway = await startScript(
    t,
    "pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(() => new Message('x')).encodeHttpResponse()",
  );
  const rows: [string, string, boolean][] = [
    ['HTTP/1.1', '', true],
    ['HTTP/1.1', 'Connection: close\r\n', false],
    ['HTTP/1.1', 'Connection: Close\r\n', false],
    ['HTTP/1.1', 'Connection: foo, close\r\n', false],
    ['HTTP/1.1', 'Connection: foo\r\n', true],
    ['HTTP/1.0', '', false],
    ['HTTP/1.0', 'Connection: keep-alive\r\n', true],
    ['HTTP/1.0', 'Connection: Keep-Alive\r\n', true],
  ];
  for (const [protocol, connection, isKept] of rows) {
    const answer = await gateway.exchange(
      `GET / ${protocol}\r\nHost: x\r\n${connection}\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    t.is(answer.split('HTTP/1.').length - 1, isKept ? 2 : 1, `${protocol} ${connection}`);
    t.is(/Connection: (\S+)/.exec(answer)![1], isKept ? 'keep-alive' : 'close', `${protocol} ${connection}`);
  }
});

test('what ambiguous framing gets: 400, or 501, and the end of the connection', async (t) => {
  const gateway = await startScript(
    t,
    "pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(m => new Message('' + m.body)).encodeHttpResponse()",
  );
  const rows: [string, number][] = [
    ['Content-Length: 3\r\nContent-Length: 4\r\n', 400],
    ['Content-Length: 3x\r\n', 400],
    ['Content-Length: -1\r\n', 400],
    ['Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', 400],
    ['Transfer-Encoding: chunked, gzip\r\n', 400],
    ['Transfer-Encoding: gzip\r\n', 501],
    ['Content-Length : 3\r\n', 400],
    ['no colon\r\n', 400],
    ['A: b\r\n folded\r\n', 400],
    [`A: ${'x'.repeat(9000)}\r\n`, 431],
    ['A: b\r\n'.repeat(201), 431],
  ];
  for (const [fields, status] of rows) {
    const answer = await gateway.exchange(`POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\nabcd`, {
      isHalfClosing: false,
    });
    t.regex(answer, new RegExp(`^HTTP/1\\.1 ${status} `), fields.slice(0, 40));
  }
  t.is(
    await gateway.exchange(
      'POST / HTTP/1.1\nHost: x\nTransfer-Encoding: CHUNKED\n\n2;q=5\r\nab\r\n0\r\nTrailer: x\r\n\r\n',
    ),
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab',
  );
});

test('what stands in for answers: by the end of the upstream', async (t) => {
  const rows: [string, RegExp][] = [
    ["new SessionEnd('CannotResolve')", /503 Cannot Resolve/],
    ["new SessionEnd('ConnectionRefused')", /503 Connection Refused/],
    ["new SessionEnd('Unauthorized')", /401 Unauthorized/],
    ["new SessionEnd('ReadError')", /502 Read Error/],
    ["new SessionEnd('Timeout')", /504 Gateway Timeout/],
    ["new SessionEnd('BufferOverflow')", /500 Internal Server Error/],
    ['new SessionEnd', /502 Bad Gateway/],
    [
      "[new Data('HTTP/1.1 200 OK\\\\r\\\\nContent-Length: 9\\\\r\\\\n\\\\r\\\\ncut'), new SessionEnd]",
      /^(?!.*502)/s,
    ],
    ["[new Data('HTTP/1.1 103 Hint\\\\r\\\\n\\\\r\\\\nHTTP/1.1 204\\\\r\\\\n\\\\r\\\\n')]", /204 No Content/],
    [
      "[new Data('HTTP/1.1 200 OK\\\\r\\\\n\\\\r\\\\nuntil the end'), new SessionEnd]",
      /200 OK[^]*until the end/,
    ],
  ];
  for (const [end, expected] of rows) {
    const gateway = await startScript(
      t,
      `pipy().listen(audit.listen).decodeHttpRequest().link('up').encodeHttpResponse()
      .pipeline('up').encodeHttpRequest().replaceMessage(() => ${end.replaceAll('\\\\', '\\')}).decodeHttpResponse()`,
    );
    t.regex(await gateway.exchange(get('/')), expected, end);
  }
});

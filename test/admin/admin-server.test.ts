import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { AdminServer } from '../../src/admin/admin-server.ts';
import { AdminSessions } from '../../src/admin/admin-sessions.ts';
import { type AdminRequest, type Endpoint, json, text } from '../../src/admin/endpoint.ts';
import { connectClient } from '../support/fixture.ts';
import { quiet } from '../support/records.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** An endpoint that tells what it was asked. */
function echo(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  more: Partial<Endpoint['description']> = {},
): Endpoint {
  return {
    description: { method, path, name: path, summary: path, answers: {}, ...more },
    answer: ({ path: asked, pathValues, query, body }) =>
      json(200, { asked, pathValues, query: Object.fromEntries(query), body: body.toString() }),
  };
}

const PROBE: Endpoint = {
  description: { method: 'GET', path: '/healthz', name: 'h', summary: 'h', answers: {}, exposure: 'public' },
  answer: () => text(200, 'ok\n'),
};

async function startAdmin(
  t: ExecutionContext,
  endpoints: readonly Endpoint[] = [PROBE],
  options: Partial<ConstructorParameters<typeof AdminServer>[0]> = {},
): Promise<{
  server: AdminServer;
  port: number;
  readonly ask: (path: string, options?: http.RequestOptions & { body?: string }) => Promise<Answer>;
}> {
  const server = new AdminServer({
    address: '127.0.0.1:0',
    hostNames: [],
    sessions: null,
    page: null,
    log: quiet,
    ...options,
  });
  server.serve(endpoints);
  const { port } = await server.start();
  t.teardown(() => server.stop(0));
  return {
    server,
    port,
    ask: (path, { body = '', ...rest } = {}) =>
      new Promise((resolve, reject) => {
        const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
          let received = '';
          response.on('data', (chunk: Buffer) => (received += chunk.toString()));
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, body: received }),
          );
        });
        request.on('error', reject);
        request.end(body);
      }),
  };
}

/** A stream that has begun, and ends when its client goes away. */
async function* waiting(signal: AbortSignal, onEnd: () => void): AsyncGenerator<string> {
  try {
    yield 'begun\n';
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    onEnd();
  }
}

const TOKEN = 'correct-horse-battery';
const SESSIONS = new AdminSessions(TOKEN);

const own = (port: number): Record<string, string> => ({ Origin: `http://127.0.0.1:${port}` });

test('paths, values and queries are parsed; what is written out wins', async (t) => {
  const { ask } = await startAdmin(t, [
    echo('GET', '/api/records/{id}'),
    echo('GET', '/api/records/stream'),
    echo('GET', '/api/files/{path...}'),
  ]);
  t.like(JSON.parse((await ask('/api/records/a%20b?query=x%3Ay&limit=5')).body), {
    asked: '/api/records/a b',
    pathValues: { id: 'a b' },
    query: { query: 'x:y', limit: '5' },
  });
  t.like(JSON.parse((await ask('/api/records/stream')).body), { pathValues: {} });
  t.like(JSON.parse((await ask('/api/files/lib/a.js')).body), { pathValues: { path: 'lib/a.js' } });
  t.is((await ask('/api/files/lib%2f..%2fa.js')).status, 400);
  t.is((await ask('/api/files/%00')).status, 400);
  t.is((await ask('/api/files/%zz')).status, 400);
  t.is((await ask('/api/files/')).status, 404);
  t.is((await ask('/api/records/')).status, 404);
});

test('other paths and methods', async (t) => {
  const { ask, port } = await startAdmin(t, [PROBE, echo('GET', '/api/a'), echo('POST', '/api/a')]);
  t.is((await ask('/')).status, 404);
  t.is((await ask('/__proto__')).status, 404);
  t.is((await ask('/healthz/')).status, 404);
  t.is((await ask('/healthz?verbose')).status, 200);
  const head = await ask('/healthz', { method: 'HEAD' });
  t.is(head.headers['content-length'], '3');
  t.is(head.body, '');
  const refused = await ask('/api/a', { method: 'DELETE', headers: own(port) });
  t.is(refused.status, 405);
  t.is(refused.headers.allow, 'GET, HEAD, POST');
  t.is((await ask('/nowhere', { method: 'POST', headers: own(port) })).status, 405);
});

test('what is not there yet is not said to be nowhere', async (t) => {
  const { ask, server } = await startAdmin(t);
  server.serve([PROBE], { isAll: false });
  const early = await ask('/api/info');
  t.is(early.status, 503);
  t.is(early.headers['retry-after'], '1');
  t.is((await ask('/healthz')).status, 200);
  t.is((await ask('/apiary')).status, 404);
  server.serve([PROBE]);
  t.is((await ask('/api/info')).status, 404);
});

test('every answer forbids to be guessed, framed, embedded or kept', async (t) => {
  const { ask } = await startAdmin(t);
  for (const path of ['/healthz', '/nowhere', '/%zz']) {
    const { headers } = await ask(path);
    t.like(headers, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    t.regex(headers['content-security-policy'] as string, /default-src 'none'/);
  }
});

test('on loopback only requests to this machine by name are answered', async (t) => {
  const { ask, port } = await startAdmin(t);
  const status = async (host: string): Promise<number> =>
    (await ask('/healthz', { headers: { Host: host } })).status;
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', `127.1.2.3:${port}`, '[::1]:8001'])
    t.is(await status(host), 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'x@localhost'])
    t.is(await status(host), 403, host);
});

test('what changes something must come from the page itself', async (t) => {
  const { ask, port } = await startAdmin(t, [
    echo('POST', '/api/a', { body: { contentType: 'text/plain', description: '', maxBytes: 10 } }),
    echo('GET', '/api/a'),
  ]);
  const status = async (headers: Record<string, string>, method = 'POST'): Promise<number> =>
    (await ask('/api/a', { method, headers })).status;
  t.is(await status({}), 403, 'none');
  t.is(await status({ Origin: 'null' }), 403);
  t.is(await status({ Origin: 'http://evil.example' }), 403);
  t.is(await status({ Origin: `http://127.0.0.1:${port + 1}` }), 403, 'another port');
  t.is(await status({ Origin: `http://127.0.0.1:${port}.evil.example` }), 403);
  t.is(await status(own(port)), 200);
  t.is(await status({ Origin: `https://127.0.0.1:${port}` }), 200, 'behind a proxy that speaks TLS');
  t.is(
    await status({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }, 'GET'),
    403,
    'an image elsewhere',
  );
  t.is(await status({ 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }, 'GET'), 200);
  t.is(
    await status({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }, 'GET'),
    403,
    'a window that another page opens, to see how long a search takes',
  );
  t.is(
    await status({ 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }, 'GET'),
    200,
    'an address that somebody has typed',
  );
  const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
  t.is((await ask('/', { headers: link })).status, 404, 'a link to the page is followed');
});

test('bodies: bounded, and refused where none is wanted', async (t) => {
  const { ask, port } = await startAdmin(t, [
    echo('POST', '/api/a', { body: { contentType: 'text/plain', description: '', maxBytes: 10 } }),
    echo('DELETE', '/api/a'),
  ]);
  const post = (body: string): Promise<Answer> => ask('/api/a', { method: 'POST', body, headers: own(port) });
  t.like(JSON.parse((await post('0123456789')).body), { body: '0123456789' });
  t.like(JSON.parse((await post('')).body), { body: '' });
  t.is((await post('0123456789a')).status, 413);
  const chunked = await connectClient(port);
  chunked.write(
    `POST /api/a HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n`,
  );
  t.regex(await chunked.until('larger than'), /^HTTP\/1\.1 413 [^]*Connection: close/);
  t.is(
    (await ask('/api/a', { method: 'DELETE', body: 'x', headers: { ...own(port), 'Content-Length': '1' } }))
      .status,
    413,
  );
});

test('beyond loopback: probes for everybody, the rest only with a token', async (t) => {
  const endpoints = [PROBE, echo('GET', '/api/a'), echo('POST', '/api/a')];
  const closed = await startAdmin(t, endpoints, { address: '0.0.0.0:0' });
  const named = { headers: { Host: 'gateway.internal:8001' } };
  t.is((await closed.ask('/healthz', named)).status, 200, 'a probe by any name');
  t.is((await closed.ask('/api/a')).status, 403);
  t.regex((await closed.ask('/api/a')).body, /--gui-token-file/);
  t.is((await closed.ask('/')).status, 403);

  const token = 'correct-horse-battery';
  const { ask, port } = await startAdmin(t, endpoints, {
    address: '0.0.0.0:0',
    sessions: new AdminSessions(`${token}\n`),
    hostNames: ['Gateway.internal'],
  });
  const bearer = { Authorization: `Bearer ${token}` };
  t.is((await ask('/api/a')).status, 401);
  t.is((await ask('/api/a', { headers: { Authorization: 'Bearer wrong' } })).status, 401);
  t.is((await ask('/api/a', { headers: bearer })).status, 200);
  t.is(
    (await ask('/api/a', { headers: bearer, method: 'POST' })).status,
    200,
    'the token stands for the origin',
  );
  t.is(
    (await ask('/api/a', { headers: { ...bearer, Host: 'gateway.internal' } })).status,
    200,
    '--gui-hosts',
  );
  const stranger = await ask('/api/a', { headers: { ...bearer, Host: 'evil.example' } });
  t.is(stranger.status, 403);
  t.regex(stranger.body, /name it with --gui-hosts\./, 'an option that there is');
  t.is((await ask('/api/a', { headers: own(port), method: 'POST' })).status, 401);
});

test('who guesses tokens must wait, whichever way they are shown, and keeps nobody else out', async (t) => {
  const { ask } = await startAdmin(t, [PROBE, echo('GET', '/api/a')], {
    address: '0.0.0.0:0',
    sessions: new AdminSessions(TOKEN),
  });
  const bearer = (token: string): http.RequestOptions => ({ headers: { Authorization: `Bearer ${token}` } });
  for (let turn = 0; turn < 20; turn++) t.is((await ask('/api/a', bearer(`wrong-${turn}`))).status, 401);
  const early = await ask('/api/a', bearer(TOKEN));
  t.is(early.status, 429);
  t.is(early.headers['retry-after'], '60');
  t.is((await ask('/api/a', { ...bearer(TOKEN), localAddress: '127.0.0.2' })).status, 200);
  t.is((await ask('/healthz', bearer(TOKEN))).status, 200);
});

test('a stream is pulled, and ended when its client goes away', async (t) => {
  const ended = Promise.withResolvers<string>();
  let given = 0;
  async function* pieces(signal: AbortSignal): AsyncGenerator<string> {
    try {
      for (; given < 3; given++) yield `piece ${given}\n`;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      ended.resolve('ended');
    }
  }
  const stream: Endpoint = {
    description: { method: 'GET', path: '/api/s', name: 's', summary: 's', answers: {} },
    answer: ({ signal }: AdminRequest) => ({
      status: 200,
      headers: { 'Content-Type': 'text/event-stream' },
      body: pieces(signal),
    }),
  };
  const { port, server } = await startAdmin(t, [stream]);
  const client = await connectClient(port);
  client.write('GET /api/s HTTP/1.1\r\nHost: localhost\r\n\r\n');
  t.regex(await client.until('piece 2'), /piece 0[^]*piece 1[^]*piece 2/);
  client.socket.destroy();
  t.is(await ended.promise, 'ended');

  const second = await connectClient(port);
  second.write('GET /api/s HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await second.until('HTTP/1.1 200');
  await server.stop(5000);
  await second.untilClose();
});

test('a stream that nobody reads asks for no further pieces', async (t) => {
  let given = 0;
  const piece = 'x'.repeat(64 * 1024);
  const stream: Endpoint = {
    description: { method: 'GET', path: '/api/s', name: 's', summary: 's', answers: {} },
    answer: () => ({
      status: 200,
      body: (async function* () {
        for (;;) {
          given++;
          yield piece;
          await new Promise((resolve) => setImmediate(resolve));
        }
      })(),
    }),
  };
  const { port } = await startAdmin(t, [stream]);
  const socket = net.connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /api/s HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let before = -1;
  while (before !== given || given === 0) {
    before = given;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  t.true(given < 500, `${given} pieces`);
});

test('what cannot be told is an error of its own, and the port lives on', async (t) => {
  let isBroken = true;
  const { ask } = await startAdmin(t, [
    {
      ...PROBE,
      answer: () => {
        if (isBroken) throw new Error('no health');
        return text(200, 'ok\n');
      },
    },
  ]);
  t.is((await ask('/healthz')).status, 500);
  isBroken = false;
  t.is((await ask('/healthz')).status, 200);
});

test('a head without end is refused, and so is one that is too large', async (t) => {
  const { port } = await startAdmin(t);
  const client = await connectClient(port);
  client.write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
  t.regex(await client.untilClose(), /^HTTP\/1\.1 431 /);
});

test('connections that are held open keep nobody out: of too many the oldest that gets no answer goes', async (t) => {
  const { port, ask } = await startAdmin(t);
  const closed: number[] = [];
  const all = Promise.withResolvers<void>();
  const sockets: net.Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let number = 0; number < 80; number++) {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /healthz HTTP/1.1\r\nHo'));
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      closed.push(number);
      if (closed.length === 16) all.resolve();
    });
    socket.resume();
    // One after the other, so that their age is known.
    await once(socket, 'connect');
  }
  await all.promise;
  t.deepEqual(
    closed.toSorted((left, right) => left - right),
    Array.from({ length: 16 }, (_, number) => number),
  );
  t.is((await ask('/healthz')).status, 200);
});

test('a connection with an answer under way is not closed for another', async (t) => {
  const stream: Endpoint = {
    description: { method: 'GET', path: '/api/s', name: 's', summary: 's', answers: {} },
    answer: ({ signal }: AdminRequest) => ({ status: 200, body: waiting(signal, () => {}) }),
  };
  const { port, ask } = await startAdmin(t, [PROBE, stream]);
  const client = await connectClient(port);
  client.write('GET /api/s HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await client.until('begun');
  const sockets = Array.from({ length: 100 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  t.is((await ask('/healthz')).status, 200);
  t.false(client.socket.closed);
});

test('answers that nobody reads keep others out no more than half requests', async (t) => {
  const stream: Endpoint = {
    description: { method: 'GET', path: '/api/s', name: 's', summary: 's', answers: {} },
    answer: ({ signal }: AdminRequest) => ({ status: 200, body: waiting(signal, () => {}) }),
  };
  const { port, ask } = await startAdmin(t, [PROBE, stream], { address: '0.0.0.0:0', sessions: SESSIONS });
  const clients = await Promise.all(Array.from({ length: 64 }, () => connectClient(port)));
  for (const client of clients)
    client.write(`GET /api/s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  await Promise.all(clients.map((client) => client.until('begun')));
  await t.throwsAsync(ask('/healthz'), { code: 'ECONNRESET' }, 'the same address');
  t.is((await ask('/healthz', { localAddress: '127.0.0.2' })).status, 200);
});

test('who asks more at once than anybody reads is cut off, and nothing is made for it', async (t) => {
  let asked = 0;
  const { port } = await startAdmin(t, [
    {
      ...PROBE,
      answer: () => {
        asked++;
        return text(200, 'ok\n');
      },
    },
  ]);
  const client = await connectClient(port);
  client.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1000));
  await client.untilClose();
  t.true(asked <= 2, `${asked} answers`);
});

test('a stream that waits behind another answer ends with its connection, too', async (t) => {
  const ended = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const begun = Promise.withResolvers<void>();
  let count = 0;
  const { port } = await startAdmin(t, [
    {
      description: { method: 'GET', path: '/api/s', name: 's', summary: 's', answers: {} },
      answer: ({ signal }: AdminRequest) => {
        const { resolve } = ended[count++]!;
        if (count === 2) begun.resolve();
        return { status: 200, body: waiting(signal, resolve) };
      },
    },
  ]);
  const client = await connectClient(port);
  client.write('GET /api/s HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2));
  await Promise.all([begun.promise, client.until('begun')]);
  client.socket.destroy();
  await t.notThrowsAsync(Promise.all(ended.map(({ promise }) => promise)));
});

test('stop ends idle connections at once, waits for others until the deadline, and is safe at any time', async (t) => {
  const unstarted = new AdminServer({
    address: '127.0.0.1:0',
    hostNames: [],
    sessions: null,
    page: null,
    log: quiet,
  });
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
  const second = new AdminServer({
    address: `127.0.0.1:${port}`,
    hostNames: [],
    sessions: null,
    page: null,
    log: quiet,
  });
  await t.throwsAsync(second.start(), {
    message: `cannot listen on 127.0.0.1:${port} (--gui-port): the port is in use; choose another with --gui-port, or 0 for none`,
  });
});

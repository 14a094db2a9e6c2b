import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { readOptions } from '../../src/config/read-options.ts';
import { decodeHessian } from '../../src/codecs/hessian/decode.ts';
import { encodeHessian } from '../../src/codecs/hessian/encode.ts';
import { encodeDubboHead } from '../../src/codecs/dubbo/encode.ts';
import { startGateway } from '../../src/gateway/gateway.ts';
import { programOfScript } from '../../src/gateway/program-source.ts';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';

const FOLDER = path.join(import.meta.dirname, '../../examples');
const TLS = path.join(import.meta.dirname, '../support/tls');

interface Running {
  /** The ports in the order of the program. */
  readonly ports: readonly number[];
  readonly lines: string[];
  readonly dataDir: string;
  /** What comes back for these bytes until the gateway closes; our side is closed at once. */
  readonly exchange: (bytes: string | Buffer, port?: number) => Promise<string>;
  /** Sends a request and gives the whole answer. */
  readonly get: (target: string, headers?: string, body?: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const tested = new Set<string>();

/** Runs an example as `tapline examples/...` does, on free ports. Serial: its variables are those of this process. */
async function run(t: ExecutionContext, name: string, env: Record<string, string> = {}): Promise<Running> {
  tested.add(name);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tapline-example-'));
  const ours = { LISTEN: '127.0.0.1:0', ...env };
  Object.assign(process.env, ours);
  const lines: string[] = [];
  const upstream = env['UPSTREAM'] === undefined ? [] : [`--upstream=http://${env['UPSTREAM']}`];
  const gateway = await startGateway({
    options: readOptions({
      argv: ['--listen=127.0.0.1:0', `--data-dir=${dataDir}`, ...upstream],
      env: {},
      cwd: dataDir,
    }).options,
    program: programOfScript(path.join(FOLDER, name)),
    log: { write: (level, line) => void lines.push(`${level} ${line}`) },
  });
  for (const key of Object.keys(ours)) delete process.env[key];
  t.teardown(async () => {
    await gateway.stop(0);
    rmSync(dataDir, { recursive: true, force: true });
  });
  const ports = gateway.addresses.map(({ port }) => port);
  const exchange = async (bytes: string | Buffer, port: number = ports[0]!): Promise<string> => {
    const client = await connectClient(port);
    client.write(bytes);
    client.socket.end();
    return client.untilClose();
  };
  return {
    ports,
    lines,
    dataDir,
    exchange,
    get: (target, headers = '', body = '') =>
      exchange(
        `${body === '' ? 'GET' : 'POST'} ${target} HTTP/1.1\r\nHost: shop.test\r\n${headers}${body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`}\r\n${body}`,
      ),
    stop: async () => void (await gateway.stop(2000)),
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An upstream that says which it is and what it was asked. */
const naming = (name: string): Parameters<typeof startUpstream>[1] =>
  answering((head, body) => {
    const text = `${name} ${head.split('\r\n')[0]} ${body}`;
    return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  });

test.serial('01-echo', async (t) => {
  const { exchange } = await run(t, '01-echo.js');
  t.is(await exchange('hello\n'), 'hello\n');
});

test.serial('02-hello', async (t) => {
  const { get } = await run(t, '02-hello.js');
  t.regex(await get('/w%C3%B6rld'), /200 OK[^]*content-type: text\/plain[^]*Hello, w\S+rld!\n$/);
  t.regex(await get('/'), /Hello, you!\n$/);
});

test.serial('03-greeting-by-address', async (t) => {
  const { exchange } = await run(t, '03-greeting-by-address.js');
  const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const answer = await exchange(GET + GET);
  t.true(answer.includes('Welcome home: request 1 of connection 1'));
  t.true(answer.includes('Welcome home: request 2 of connection 1'));
  t.true((await exchange(GET)).includes('request 1 of connection 2'));
});

test.serial('04-routing-proxy', async (t) => {
  const UPSTREAM = await startUpstream(
    t,
    answering((head) => (head.includes('x-forwarded-for: 127.0.0.1') ? OK : '')),
  );
  const { exchange } = await run(t, '04-routing-proxy.js', { UPSTREAM });
  const answer = await exchange(
    'GET /api/users HTTP/1.1\r\nHost: x\r\n\r\nGET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\nGET /api HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  t.deepEqual(
    [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
    ['200', '404', '200'],
  );
});

test.serial('05-load-balancing', async (t) => {
  const UPSTREAM = await startUpstream(t, naming('one'));
  const UPSTREAM2 = await startUpstream(t, naming('two'));
  const { get } = await run(t, '05-load-balancing.js', { UPSTREAM, UPSTREAM2 });
  const seen = [];
  for (let count = 0; count < 4; count++) seen.push(/(one|two) GET/.exec(await get('/'))![1]);
  t.deepEqual(seen, ['one', 'two', 'one', 'two']);
});

test.serial('05-load-balancing: one that is down is left out', async (t) => {
  const UPSTREAM = await startUpstream(t, naming('one'));
  const { get, lines } = await run(t, '05-load-balancing.js', { UPSTREAM, UPSTREAM2: '127.0.0.1:1' });
  const seen = [];
  for (let count = 0; count < 10; count++) seen.push(/HTTP\/1\.1 (\d+)/.exec(await get('/'))![1]);
  t.is(seen.slice(0, 6).filter((status) => status === '503').length, 3);
  t.deepEqual(seen.slice(6), ['200', '200', '200', '200']);
  t.true(lines.some((line) => line.includes('127.0.0.1:1 is down')));
});

test.serial('06-metrics', async (t) => {
  const UPSTREAM = await startUpstream(
    t,
    answering(() => OK),
  );
  const { get, exchange, ports } = await run(t, '06-metrics.js', { UPSTREAM, METRICS: '127.0.0.1:0' });
  await get('/');
  await get('/');
  const text = await exchange('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n', ports[1]);
  t.regex(text, /http_requests_total\{status="200"\} 2\n/);
  t.regex(text, /http_request_milliseconds\{quantile="0\.99"\} \d+\n/);
});

test.serial('07-logging', async (t) => {
  const UPSTREAM = await startUpstream(
    t,
    answering((_head, body) => `HTTP/1.1 201 Created\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
  );
  const collected: string[] = [];
  const COLLECTOR = await startUpstream(
    t,
    answering((head, body) => {
      if (head.startsWith('POST /logs')) collected.push(...body.trimEnd().split('\n'));
      return 'HTTP/1.1 204 No Content\r\n\r\n';
    }),
  );
  const { get } = await run(t, '07-logging.js', { UPSTREAM, COLLECTOR, FLUSH: '0.05s' });
  for (const body of ['a', 'b', 'c']) t.regex(await get(`/${body}`, '', body), /201 Created/);
  await until(() => collected.length >= 3);
  const records = collected.map(
    (line) =>
      JSON.parse(line) as {
        request: { path: string; body: string };
        response: { status: number; body: string };
      },
  );
  t.deepEqual(
    records.map(({ request, response }) => [request.path, request.body, response.status, response.body]),
    [
      ['/a', 'a', 201, 'a'],
      ['/b', 'b', 201, 'b'],
      ['/c', 'c', 201, 'c'],
    ],
  );
});

test.serial('08-throttling', async (t) => {
  const { ports } = await run(t, '08-throttling.js');
  const client = await connectClient(ports[0]!);
  const begun = performance.now();
  const get = (more: string): string => `GET / HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  client.write(get('').repeat(5) + get('Connection: close\r\n'));
  const text = await client.untilClose();
  t.is(text.split('in time').length, 7);
  t.true(performance.now() - begun > 900, 'the sixth waits for the next second');
});

test.serial('09-tls', async (t) => {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(TLS, name)) as [string, string];
  const server = tls.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) =>
    socket.pipe(socket),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const UPSTREAM = `localhost:${(server.address() as net.AddressInfo).port}`;
  const { ports } = await run(t, '09-tls.js', { UPSTREAM, CERT: cert, KEY: key, CA: cert });
  const socket = tls.connect({
    port: ports[0]!,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: readFileSync(cert),
  });
  socket.write('sealed');
  const text = await new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => resolve(chunk.toString()));
    socket.on('error', reject);
  });
  t.is(text, 'sealed');
  socket.destroy();
});

test.serial('10-xml-to-json', async (t) => {
  const { get } = await run(t, '10-xml-to-json.js');
  const answer = await get('/', '', '<order id="7"><item>tea</item><item>cups</item></order>');
  t.true(answer.includes('content-type: application/json'));
  t.deepEqual(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)), {
    name: 'order',
    attributes: { id: '7' },
    children: [
      { name: 'item', children: ['tea'] },
      { name: 'item', children: ['cups'] },
    ],
  });
  t.regex(await get('/', '', '<order>'), /this is no XML/);
});

test.serial('11-dubbo', async (t) => {
  const { ports } = await run(t, '11-dubbo.js');
  const body = encodeHessian(['2.0.2', 'org.Shop', '1.0', 'buy', '']);
  const client = await connectClient(ports[0]!);
  client.write(Buffer.concat([encodeDubboHead({ id: '9007199254740993' }, 0n, body.length), body]));
  await client.until('2.0.2');
  const answer = client.received;
  t.is(answer.readBigInt64BE(4), 9007199254740993n);
  t.is(answer[3], 20);
  t.deepEqual(decodeHessian(answer.subarray(16)), [1, 'org.Shop.buy was called, Dubbo 2.0.2']);
  client.socket.end();
});

test.serial('12-child-process', async (t) => {
  const { exchange } = await run(t, '12-child-process.js');
  t.is(await exchange('pear\napple\n'), 'apple\npear\n');
});

test.serial('13-static-files', async (t) => {
  const { get } = await run(t, '13-static-files/main.js');
  t.regex(await get('/'), /content-type: text\/html; charset=utf-8[^]*It works/);
  t.regex(await get('/none'), /404/);
  t.regex(await get('/../main.js'), /404/);
});

test.serial('14-socks', async (t) => {
  const target = await startUpstream(t, (socket) => void socket.pipe(socket));
  const port = Number(target.split(':')[1]);
  const { ports } = await run(t, '14-socks.js', { LISTEN4: '127.0.0.1:0' });
  const five = await connectClient(ports[0]!);
  five.write(Buffer.from([5, 1, 0]));
  five.write(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]));
  five.write('over five');
  await five.until('over five');
  t.deepEqual([...five.received.subarray(0, 12)], [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  five.socket.end();
  const four = await connectClient(ports[1]!);
  four.write(Buffer.from([4, 1, port >> 8, port & 255, 127, 0, 0, 1, 0]));
  four.write('over four');
  await four.until('over four');
  t.is(four.received[1], 0x5a);
  four.socket.end();
  const refused = await connectClient(ports[1]!);
  refused.write(Buffer.from([4, 1, 0, 80, 10, 0, 0, 1, 0]));
  await refused.untilClose();
  t.is(refused.received[1], 0x5b);
});

test.serial('15-modules', async (t) => {
  const { get, lines } = await run(t, '15-modules/main.js');
  t.regex(await get('/'), /x-served-by: tapline\r\nx-client: 127\.0\.0\.1[^]*done\n$/);
  await until(() => lines.some((line) => line.includes('shop: 1 requests, told by /lib/count.js')));
  t.pass();
});

test.serial('16-token', async (t) => {
  const UPSTREAM = await startUpstream(
    t,
    answering(() => OK),
  );
  const { get } = await run(t, '16-token.js', { UPSTREAM, SECRET: 'quiet' });
  const token = (payload: object, secret: string): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256' })}.${part(payload)}`;
    return `Authorization: Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}\r\n`;
  };
  const soon = Date.now() / 1000 + 60;
  t.regex(await get('/', token({ exp: soon }, 'quiet')), /200 OK/);
  t.regex(await get('/', token({ exp: soon }, 'guess')), /401[^]*not ours/);
  t.regex(await get('/', token({ exp: 1 }, 'quiet')), /401[^]*expired/);
  t.regex(await get('/'), /401[^]*no token/);
});

test.serial('17-approval', async (t) => {
  const UPSTREAM = await startUpstream(
    t,
    answering(() => OK),
  );
  const APPROVAL = await startUpstream(
    t,
    answering(
      (head) =>
        `HTTP/1.1 ${head.includes('path=%2Fsecret') ? '403 No' : '200 OK'}\r\nContent-Length: 0\r\n\r\n`,
    ),
  );
  const { ports } = await run(t, '17-approval.js', { UPSTREAM, APPROVAL });
  const ask = async (target: string): Promise<string> => {
    const client = await connectClient(ports[0]!);
    client.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const text = await client.until('\r\n\r\n');
    client.socket.end();
    return text;
  };
  t.regex(await ask('/open'), /200 OK/);
  t.regex(await ask('/secret'), /403/);
});

test.serial('18-redis-audit', async (t) => {
  const UPSTREAM = await startUpstream(t, (socket) => {
    socket.on('data', (chunk: Buffer) =>
      socket.write(chunk.toString().includes('AUTH') ? '-WRONGPASS no\r\n' : '+OK\r\n'),
    );
  });
  const { ports, lines } = await run(t, '18-redis-audit.js', { UPSTREAM });
  const client = await connectClient(ports[0]!);
  client.write('*3\r\n$3\r\nset\r\n$8\r\ngreeting\r\n$5\r\nhello\r\n');
  await client.until('+OK');
  client.write('*2\r\n$4\r\nAUTH\r\n$6\r\nhunter\r\n');
  await client.until('WRONGPASS');
  await until(() => lines.some((line) => line.includes('AUTH')));
  t.true(
    lines.some((line) => /SET greeting -> simple-string in \d+ ms/.test(line)),
    lines.join('\n'),
  );
  t.true(lines.some((line) => line.includes('AUTH (not shown) -> WRONGPASS no')));
  t.false(lines.join().includes('hunter'));
  client.socket.end();
});

test.serial('19-traffic-audit', async (t) => {
  const UPSTREAM = await startUpstream(
    t,
    answering(() => OK),
  );
  const running = await run(t, '19-traffic-audit.js', { UPSTREAM, SLOW_MS: '0' });
  t.regex(await running.get('/api?token=secret'), /200 OK/);
  await running.stop();
  const { DataDirectory } = await import('../../src/spool/data-directory.ts');
  const { RecordStore } = await import('../../src/store/record-store.ts');
  const { parseQuery } = await import('../../src/store/query.ts');
  const directory = DataDirectory.open(running.dataDir, { isReadOnly: true });
  const store = RecordStore.open(directory.paths.store, { isReadOnly: true });
  const rows = [...store.query(parseQuery(''), { limit: 10, order: 'oldest' })].map((row) =>
    JSON.stringify(row),
  );
  store.close();
  directory.close();
  t.is(rows.length, 1);
  t.true(rows[0]!.includes('slow'));
  t.false(rows[0]!.includes('token=secret'));
});

test.serial('every example is tested', (t) => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !file.includes(`lib${path.sep}`))
    .map((file) => file.replaceAll(path.sep, '/'));
  t.deepEqual([...tested].toSorted(), files.toSorted());
});

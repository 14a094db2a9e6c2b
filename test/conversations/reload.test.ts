import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Agent, request } from 'undici';
import { readOptions } from '../../src/config/read-options.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { programOfScript } from '../../src/gateway/program-source.ts';
import { connectClient, startUpstream } from '../support/fixture.ts';

interface Reloadable {
  readonly gateway: Gateway;
  readonly lines: string[];
  readonly port: number;
  /** Puts another script in the place of the running one, without a reload. */
  write(source: string): Promise<void>;
}

async function start(t: ExecutionContext, source: string, ...args: string[]): Promise<Reloadable> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-reload-'));
  const script = path.join(folder, 'main.js');
  await writeFile(script, source);
  const { options } = readOptions({
    argv: ['--listen=127.0.0.1:0', `--data-dir=${path.join(folder, 'data')}`, ...args],
    env: {},
    cwd: folder,
  });
  const lines: string[] = [];
  const gateway = await startGateway({
    options,
    program: programOfScript(script),
    log: { write: (level, line) => void lines.push(`${level} ${line}`) },
  });
  t.teardown(async () => {
    await gateway.stop(0);
    await rm(folder, { recursive: true, force: true });
  });
  return { gateway, lines, port: gateway.addresses[0]!.port, write: (text) => writeFile(script, text) };
}

const answering = (text: string): string =>
  `pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(() => new Message('${text}')).encodeHttpResponse()`;

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test('a hundred reloads under load: no request fails, no connection is reset', async (t) => {
  const running = await start(t, answering('v0'));
  const url = `http://127.0.0.1:${running.port}/`;
  const agent = new Agent({ connections: 8, pipelining: 1 });
  t.teardown(() => agent.close());
  let isReloading = true;
  const seen = new Set<string>();
  const failures: string[] = [];
  let requests = 0;
  const client = async (isFresh: boolean): Promise<void> => {
    while (isReloading) {
      try {
        const { statusCode, body } = await request(url, {
          dispatcher: agent,
          // Half of them on kept connections, half on new ones.
          reset: isFresh,
        });
        seen.add(await body.text());
        if (statusCode !== 200) failures.push(`status ${statusCode}`);
      } catch (error) {
        failures.push(String(error));
      }
      requests++;
    }
  };
  const clients = Array.from({ length: 8 }, (_, index) => client(index % 2 === 0));
  for (let version = 1; version <= 100; version++) {
    await running.write(answering(`v${version}`));
    await running.gateway.reload();
  }
  isReloading = false;
  await Promise.all(clients);
  t.deepEqual(failures, []);
  t.true(requests > 200, `${requests} requests`);
  t.true(seen.size > 20, `${seen.size} versions were seen`);
  const { body } = await request(url, { reset: true });
  t.is(await body.text(), 'v100');
});

test('open connections stay with their program, new ones get the new one', async (t) => {
  const running = await start(t, answering('old'));
  const client = await connectClient(running.port);
  client.write(GET);
  await client.until('old');
  await running.write(answering('new'));
  await running.gateway.reload();
  client.write(GET);
  t.true((await client.until('old')).includes('old'));
  const other = await connectClient(running.port);
  other.write(GET);
  await other.until('new');
  client.socket.end();
  other.socket.end();
  t.pass();
});

test('a script that cannot be loaded changes nothing and is told with its place', async (t) => {
  const running = await start(t, answering('old'));
  await running.write('pipy()\n.listen(audit.listen)\n.bogus()');
  await t.throwsAsync(running.gateway.reload(), { message: /\/main\.js:3:2: unknown filter: bogus/ });
  const client = await connectClient(running.port);
  client.write(GET);
  t.true((await client.until('old')).includes('200 OK'));
  client.socket.end();
});

test('a port that cannot be bound rolls back: the new ports are closed, the old program runs on', async (t) => {
  const taken = Number((await startUpstream(t, () => {})).split(':')[1]);
  const free = await freePort();
  const running = await start(t, answering('old'));
  await running.write(
    `${answering('new')}.listen('127.0.0.1:${free}').dummy().listen('127.0.0.1:${taken}').dummy()`,
  );
  await t.throwsAsync(running.gateway.reload(), {
    message: new RegExp(`cannot listen on 127.0.0.1:${taken}`),
  });
  t.is(await outcomeOf(free), 'refused', 'what was bound for the new program is closed again');
  const client = await connectClient(running.port);
  client.write(GET);
  await client.until('old');
  client.socket.end();
});

test('a port that the new program has not any more is closed; a new one is opened', async (t) => {
  const [first, second] = [await freePort(), await freePort()];
  const running = await start(t, `${answering('a')}.listen('127.0.0.1:${first}').dummy()`);
  t.is(await outcomeOf(first), 'connected');
  await running.write(`${answering('b')}.listen('127.0.0.1:${second}').dummy()`);
  const addresses = await running.gateway.reload();
  t.deepEqual(
    addresses.map(({ port }) => port),
    [running.port, second],
  );
  t.is(await outcomeOf(first), 'refused');
  t.is(await outcomeOf(second), 'connected');
});

test('tasks of the old program end, those of the new one begin', async (t) => {
  const ticking = (text: string): string =>
    `pipy().listen(audit.listen).task('0.01s').onMessageStart(() => console.log('${text}')).replaceMessage(() => new SessionEnd)`;
  const running = await start(t, ticking('old tick'));
  await until(() => running.lines.some((line) => line.includes('old tick')));
  await running.write(ticking('new tick'));
  await running.gateway.reload();
  await until(() => running.lines.some((line) => line.includes('new tick')));
  const before = running.lines.filter((line) => line.includes('old tick')).length;
  const ticks = (): number => running.lines.filter((line) => line.includes('new tick')).length;
  const enough = ticks() + 10;
  await until(() => ticks() >= enough);
  t.is(running.lines.filter((line) => line.includes('old tick')).length, before);
});

test('replaced programs are freed when their last connection has ended', async (t) => {
  // Each program holds 8 MiB: forty of them would be seen.
  const heavy = `pipy({ ballast: Array.from({ length: 1024 * 1024 }, (_, index) => index) })
    .listen(audit.listen).decodeHttpRequest().mux('one').encodeHttpResponse()
    .pipeline('one').replaceMessage(() => new Message('' + ballast.length))`;
  const running = await start(t, heavy);
  for (let round = 0; round < 40; round++) {
    const client = await connectClient(running.port);
    client.write(GET);
    await client.until('1048576');
    client.socket.end();
    await client.untilClose();
    await running.gateway.reload();
  }
  // The collector takes its time: garbage makes it run.
  await running.write(
    `pipy().listen(audit.listen).decodeHttpRequest()
    .replaceMessage(() => new Message('' + Array.from({ length: 4e6 }, (_, index) => ({ index })).length)).encodeHttpResponse()`,
  );
  await running.gateway.reload();
  let stale = Infinity;
  await until(async () => {
    const client = await connectClient(running.port);
    client.write(GET);
    await client.until('4000000');
    client.socket.end();
    const lines = await running.gateway.census();
    stale = lines.filter((line) => line.includes('[STALE]')).length / 2;
    return stale < 20;
  }, 'old programs are collected');
  t.true(stale < 20, `${stale} of 40 old programs are in memory`);
});

test('several data threads share a port, number connections together and reload together', async (t) => {
  const ids = `pipy().listen(audit.listen).decodeHttpRequest().replaceMessage(() => new Message('id=' + __inbound.id + ';')).encodeHttpResponse()`;
  const running = await start(t, ids, '--threads=3');
  const answer = async (): Promise<string> => {
    const client = await connectClient(running.port);
    client.write(GET);
    const text = await client.until(';');
    client.socket.end();
    return /(?:id=(\d+)|(\w+));/.exec(text)![0];
  };
  const seen = await Promise.all(Array.from({ length: 60 }, answer));
  t.is(new Set(seen).size, 60, 'no number is given twice');
  const table = await running.gateway.census();
  t.is(table.filter((line) => line.startsWith('data thread')).length, 3);
  await running.write(answering('all;'));
  await running.gateway.reload();
  const after = await Promise.all(Array.from({ length: 30 }, answer));
  t.deepEqual([...new Set(after)], ['all;']);
});

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function outcomeOf(port: number): Promise<'connected' | 'refused'> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', () => resolve('refused'));
  });
}

async function until(holds: () => boolean | Promise<boolean>, what = 'the condition holds'): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a port may have a limit of connections of its own', async (t) => {
  const running = await start(t, `pipy().listen(audit.listen, { maxConnections: 2 }).listen('127.0.0.1:0')`);
  const [first, second] = [await connectClient(running.port), await connectClient(running.port)];
  for (const client of [first, second]) {
    client.write('held');
    await client.until('held');
  }
  const third = await connectClient(running.port);
  t.regex(await third.untilClose(), /^HTTP\/1\.1 503/);
  const other = await connectClient(running.gateway.addresses[1]!.port);
  other.write('free');
  await other.until('free');
  for (const client of [first, second, other]) client.socket.end();
});

test('a script that begins to record needs a restart, and is told so', async (t) => {
  const quiet = `pipy().listen('127.0.0.1:0').decodeHttpRequest().replaceMessage(new Message('quiet')).encodeHttpResponse()`;
  const running = await start(t, quiet);
  await running.write(quiet.replace("'127.0.0.1:0'", 'audit.listen'));
  await t.throwsAsync(running.gateway.reload(), { message: /uses audit now.*restart/ });
  const client = await connectClient(running.port);
  client.write(GET);
  await client.until('quiet');
  client.socket.end();
});

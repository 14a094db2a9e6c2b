import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Agent, request } from 'undici';
import { readOptions } from '../../src/config/read-options.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { ProgramError } from '../../src/gateway/program-fault.ts';
import { builtInProgram, type ProgramSource } from '../../src/gateway/program-source.ts';
import { tryProgram } from '../../src/gateway/try-program.ts';
import { DataDirectory } from '../../src/spool/data-directory.ts';
import { parseQuery } from '../../src/store/query.ts';
import { RecordStore } from '../../src/store/record-store.ts';
import { verifyRecords } from '../../src/store/verify.ts';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';

interface World {
  readonly gateway: Gateway;
  readonly folder: string;
  readonly lines: string[];
  readonly options: ReturnType<typeof readOptions>['options'];
  /** Writes a script and gives what to start. */
  readonly script: (name: string, source: string) => Promise<ProgramSource>;
}

/** @param program `built-in`, `none`, or the text of a script */
async function start(t: ExecutionContext, program: string, ...args: string[]): Promise<World> {
  // Each start is tried in a thread that reads all sources: slow on a machine that is busy.
  t.timeout(180_000);
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tapline-switch-'));
  const { options } = readOptions({
    argv: ['--listen=127.0.0.1:0', `--data-dir=${path.join(folder, 'data')}`, ...args],
    env: {},
    cwd: folder,
  });
  const script = async (name: string, source: string): Promise<ProgramSource> => {
    await fs.writeFile(path.join(folder, name), source);
    return { root: folder, entry: `/${name}`, isBuiltIn: false };
  };
  const lines: string[] = [];
  const gateway = await startGateway({
    options,
    program:
      program === 'built-in'
        ? builtInProgram(options)
        : program === 'none'
          ? null
          : await script('main.js', program),
    log: { write: (level, line) => void lines.push(`${level} ${line}`) },
  });
  t.teardown(async () => {
    await gateway.stop(0);
    await fs.rm(folder, { recursive: true, force: true });
  });
  return { gateway, folder, lines, options, script };
}

/** A script that answers each request with a text, on any free port, which stays over switches. */
const saying = (text: string, listen = "'127.0.0.1:0'"): string =>
  `pipy().listen(${listen}).decodeHttpRequest().replaceMessage(() => new Message('${text}')).encodeHttpResponse()`;

async function get(port: number): Promise<string> {
  // Of its own: no connection of an earlier request, which may just be closing.
  const dispatcher = new Agent();
  try {
    const { body } = await request(`http://127.0.0.1:${port}/`, { dispatcher });
    return await body.text();
  } finally {
    await dispatcher.destroy();
  }
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('nothing runs until a program is started; stopped, nothing runs again, and it can be started anew', async (t) => {
  const { gateway, script } = await start(t, 'none', '--threads=2');
  t.is(gateway.program(), null);
  t.deepEqual(gateway.addresses, []);
  t.deepEqual(await gateway.graphs(), {});
  t.like(await gateway.activity(), { pipelines: [], connections: 0, silentThreads: [] });
  t.is(gateway.health().state, 'idle');
  t.true(gateway.isRecording, 'a program that is started later may record');
  await t.throwsAsync(gateway.reload(), { message: 'no script is running' });
  const source = await script('a.js', saying('one'));
  for (let round = 0; round < 2; round++) {
    const [address] = await gateway.startProgram(source);
    t.is(await get(address!.port), 'one');
    t.like(gateway.program(), { source, addresses: [address] });
    t.is(gateway.health().state, 'running');
    t.deepEqual(Object.keys(await gateway.graphs()), ['/a.js']);
    await gateway.stopProgram();
    t.is(gateway.program(), null);
    await t.throwsAsync(get(address!.port), { code: 'ECONNREFUSED' });
    t.deepEqual(await gateway.graphs(), {});
  }
});

test('switches, stops and starts under traffic: no request fails at a switch', async (t) => {
  const { gateway, script } = await start(t, saying('main'), '--threads=2');
  const port = gateway.addresses[0]!.port;
  const sources = await Promise.all(['x', 'y', 'z'].map((name) => script(`${name}.js`, saying(name))));
  const agent = new Agent({ connections: 4, pipelining: 1 });
  t.teardown(() => agent.close());
  let isOver = false;
  const failures: string[] = [];
  const seen = new Set<string>();
  const client = async (reset: boolean): Promise<void> => {
    while (!isOver)
      try {
        const { body, statusCode } = await request(`http://127.0.0.1:${port}/`, { dispatcher: agent, reset });
        seen.add(`${statusCode} ${await body.text()}`);
      } catch (error) {
        failures.push(String(error));
      }
  };
  const clients = Array.from({ length: 6 }, (_, index) => client(index % 2 === 0));
  for (let round = 0; round < 5; round++) {
    const source = sources[round % 3]!;
    t.is((await gateway.startProgram(source))[0]!.port, port, 'a kept port keeps its socket');
    const wanted = `200 ${source.entry.slice(1, 2)}`;
    await until(() => seen.has(wanted), `${wanted} is answered`);
    seen.delete(wanted);
  }
  isOver = true;
  await Promise.all(clients);
  t.deepEqual(failures, []);
  t.is(gateway.program()!.generation, 5);
});

test('a start that fails changes nothing, and is told with its place', async (t) => {
  const { gateway, script } = await start(t, saying('old'), '--threads=2');
  const port = gateway.addresses[0]!.port;
  const before = gateway.program();
  const wrong = await script('wrong.js', 'pipy()\n  .listen(8000)\n  .conect()');
  const error = await t.throwsAsync(gateway.startProgram(wrong), { instanceOf: ProgramError });
  t.like(error.fault, {
    message: 'unknown filter: conect; did you mean connect?',
    place: { file: '/wrong.js', line: 3, column: 4 },
  });
  t.regex(error.message, /^\/wrong\.js:3:4: unknown filter[^\n]*\n {4}\.conect/);
  const taken = (await startUpstream(t, () => {})).split(':')[1]!;
  const busy = await script('busy.js', saying('busy', `'127.0.0.1:${taken}'`));
  const inUse = await t.throwsAsync(gateway.startProgram(busy), { instanceOf: ProgramError });
  t.is(inUse.fault.place, null);
  t.regex(inUse.fault.message, /^cannot listen on 127\.0\.0\.1:\d+/);
  await t.throwsAsync(gateway.startProgram({ ...busy, entry: '/nowhere.js' }), {
    message: /cannot open script/,
  });
  t.is(gateway.program(), before);
  t.is(await get(port), 'old');
});

test('a promise of a script that nobody waits for ends no thread: it is told, and traffic goes on', async (t) => {
  const { gateway, lines, script } = await start(
    t,
    saying('one').replace('() =>', "() => (Promise.reject(new Error('left alone')), 1) &&"),
  );
  const { port } = gateway.addresses[0]!;
  for (let turn = 0; turn < 3; turn++) t.is(await get(port), 'one');
  await until(() => lines.filter((line) => line.includes('left alone')).length === 3, 'it is told');
  const speechless = saying('two').replace('() =>', '() => (Promise.reject(Object.create(null)), 1) &&');
  await gateway.startProgram(await script('two.js', speechless));
  const second = gateway.program()!.addresses[0]!.port;
  t.is(await get(second), 'two');
  await until(() => lines.some((line) => line.includes('without words')), 'it is told');
  t.is(await get(second), 'two');
  const error = await t.throwsAsync(
    gateway.startProgram(await script('bad.js', `(Promise.reject(new Error('at once')), ${saying('bad')})`)),
    { instanceOf: ProgramError },
  );
  t.regex(error.message, /at once/);
  t.is(await get(second), 'two');
});

test('a script whose loading has no end is found out in a thread of its own; traffic does not wait', async (t) => {
  const { gateway, options, script } = await start(t, saying('old'));
  const port = gateway.addresses[0]!.port;
  const loop = await script('loop.js', '(() => { for (;;); })()');
  const trial = tryProgram({ program: loop, options }, 300);
  const refused = t.throwsAsync(trial, { message: /\/loop\.js: loading it took more than 300 ms/ });
  t.is(await get(port), 'old');
  await refused;
  const hungry = await script('hungry.js', '(a => { for (;;) a.push(new Array(1e6).fill(0.5)) })([])');
  await t.throwsAsync(tryProgram({ program: hungry, options }, 20_000), {
    message: /\/hungry\.js: .*memory/,
  });
  t.is(await get(port), 'old');
});

test('changes are made one after the other, in the order in which they were asked for', async (t) => {
  const { gateway, script } = await start(t, 'none');
  const [a, b] = [await script('a.js', saying('a')), await script('b.js', saying('b'))];
  const done: string[] = [];
  const note = (name: string) => (): void => void done.push(name);
  const all = [
    gateway.startProgram(a).then(note('a')),
    gateway.stopProgram().then(note('stop')),
    gateway.startProgram(b).then(note('b')),
    gateway.reload().then(note('reload')),
  ];
  t.true(gateway.isSwitching);
  await Promise.all(all);
  t.false(gateway.isSwitching);
  t.deepEqual(done, ['a', 'stop', 'b', 'reload']);
  t.is(gateway.program()!.source, b);
});

test('a stop lets what is at work finish, and closes what is idle', async (t) => {
  const upstream = await startUpstream(t, (socket) => {
    socket.once('data', () => {
      waiting.push(() => socket.write(OK));
    });
  });
  const waiting: (() => void)[] = [];
  const { gateway } = await start(t, 'built-in', `--upstream=http://${upstream}`);
  const port = gateway.addresses[0]!.port;
  const busy = await connectClient(port);
  busy.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => waiting.length === 1, 'the upstream has the request');
  await gateway.stopProgram();
  await t.throwsAsync(get(port), { code: 'ECONNREFUSED' });
  t.true((await gateway.activity()).stale.sessions > 0);
  waiting[0]!();
  t.regex(await busy.untilClose(), /^HTTP\/1\.1 200 OK/);
});

test('records of a program that is replaced reach the store, and the books balance', async (t) => {
  const upstream = await startUpstream(
    t,
    answering(() => OK),
  );
  const { gateway, options, script } = await start(t, 'built-in', `--upstream=http://${upstream}`);
  const port = gateway.addresses[0]!.port;
  const kept = await connectClient(port);
  kept.write('GET /before HTTP/1.1\r\nHost: x\r\n\r\n');
  await kept.until('200 OK');
  // It flushes nothing; and nobody writes over the records that it might keep.
  await gateway.startProgram(await script('other.js', saying('other', 'audit.listen')));
  kept.write('GET /after HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => kept.text.split('200 OK').length === 3, 'the old connection goes on');
  const count = (): number => {
    const store = RecordStore.open(path.join(options.dataDir, 'store.sqlite'), { isReadOnly: true });
    try {
      return [...store.query(parseQuery(''), { limit: 10 })].length;
    } finally {
      store.close();
    }
  };
  await until(() => count() === 2, 'both records are in the store while the gateway runs');
  kept.socket.end();
  await kept.untilClose();
  await gateway.stop(2000);
  const report = verifyRecords({ directory: DataDirectory.open(options.dataDir, { isReadOnly: true }) });
  t.true(report.isComplete, JSON.stringify(report));
});

test('activity: what came to each filter of all data threads, and where the last error was', async (t) => {
  const failing = `pipy({ n: 0 })
  .listen('127.0.0.1:0')
  .decodeHttpRequest()
  .onMessageStart(({ head }) => head.path === '/bad' && head.no.such)
  .link('answer')
  .encodeHttpResponse()
  .pipeline('answer').replaceMessage(() => new Message('ok'))`;
  const { gateway } = await start(t, failing, '--threads=2');
  const port = gateway.addresses[0]!.port;
  for (let number = 0; number < 20; number++) t.is(await get(port), 'ok');
  const bad = await connectClient(port);
  bad.write('GET /bad HTTP/1.1\r\nHost: x\r\n\r\n');
  await bad.untilClose();
  const { pipelines, generation, atMs, silentThreads } = await gateway.activity();
  t.is(generation, 0);
  t.true(Math.abs(atMs - Date.now()) < 60_000);
  t.deepEqual(silentThreads, []);
  const [listen, answer] = pipelines;
  t.like(listen, { key: '/main.js#0', file: '/main.js', made: 21 });
  t.true(answer!.made >= 20);
  // Each request: its bytes or its start and end, and the end of the session.
  const events = listen!.filters.map(({ name, events: count }) => [name, count]);
  t.deepEqual(
    events.map(([name]) => name),
    ['decodeHttpRequest', 'onMessageStart', 'link', 'encodeHttpResponse'],
  );
  t.true(
    listen!.filters.every(({ events: count }) => count >= 40),
    JSON.stringify(events),
  );
  const failed = listen!.filters[1]!;
  t.is(failed.errors, 1);
  t.regex(failed.lastError!.message, /undefined/);
  t.like(failed.lastError!.place, { file: '/main.js', line: 4 });
  t.true(listen!.filters.every(({ name, errors }) => errors === 0 || name === 'onMessageStart'));
  const [graph] = Object.values(await gateway.graphs());
  const keys = new Set(graph!.nodes.map(({ key }) => key));
  for (const pipeline of pipelines)
    for (const { key } of [pipeline, ...pipeline.filters]) t.true(keys.has(key), key);
});

test('charts are drawn once for each program, whoever asks how often: the thread that draws has traffic to carry', async (t) => {
  const { gateway, script } = await start(t, saying('one'));
  const [first, second] = await Promise.all([gateway.graphs(), gateway.graphs()]);
  t.deepEqual(Object.keys(first), ['/main.js']);
  t.is(second, first);
  t.is(await gateway.graphs(), first);
  await gateway.startProgram(await script('two.js', saying('two')));
  t.deepEqual(Object.keys(await gateway.graphs()), ['/two.js']);
});

test('activity: an upstream that cannot be reached is an error of its connect', async (t) => {
  const { gateway } = await start(t, "pipy().listen('127.0.0.1:0').connect('127.0.0.1:1').print()");
  const client = await connectClient(gateway.addresses[0]!.port);
  client.write('x');
  await client.untilClose();
  const { filters } = (await gateway.activity()).pipelines[0]!;
  t.like(filters[0], { name: 'connect', errors: 1 });
  t.regex(filters[0]!.lastError!.message, /^ConnectionRefused: /);
  t.like(filters[0]!.lastError!.place, { file: '/main.js', line: 1, column: 30 });
  t.is(filters[1]!.errors, 0);
});

test('a gateway without a data directory says that one that records needs a restart', async (t) => {
  const { gateway, script } = await start(t, saying('quiet'));
  t.false(gateway.isRecording);
  const loud = await script('loud.js', saying('loud', 'audit.listen'));
  await t.throwsAsync(gateway.startProgram(loud), { message: /uses audit now.*restart/ });
  t.is(await get(gateway.addresses[0]!.port), 'quiet');
});

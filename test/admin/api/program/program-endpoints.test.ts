import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type ExecutionContext } from 'ava';
import {
  PROGRAM_DESCRIPTIONS,
  programEndpoints,
} from '../../../../src/admin/api/program/program-endpoints.ts';
import type { AdminAnswer } from '../../../../src/admin/endpoint.ts';
import { ProgramFolder } from '../../../../src/admin/program-folder.ts';
import { Router } from '../../../../src/admin/router.ts';
import { readOptions } from '../../../../src/config/read-options.ts';
import { type Gateway, startGateway } from '../../../../src/gateway/gateway.ts';
import { builtInProgram } from '../../../../src/gateway/program-source.ts';
import { scriptLanguage } from '../../../../src/gateway/script-language.ts';
import { LineLog } from '../../../../src/telemetry/log.ts';
import { askEndpoint, type Question } from '../../../support/ask-endpoint.ts';

interface Page {
  readonly folder: string;
  readonly gateway: Gateway;
  readonly log: LineLog;
  /** Asks, and holds the answer to its description. */
  readonly ask: (method: string, target: string, question?: Question) => Promise<AdminAnswer>;
}

const SCRIPT = `pipy()
  .listen('127.0.0.1:0')
  .decodeHttpRequest()
  .replaceMessage(() => new Message('hello'))
  .encodeHttpResponse()
`;

async function openPage(t: ExecutionContext, isBuiltIn = false): Promise<Page> {
  // Each start is tried in a thread that reads all sources: slow on a machine that is busy.
  t.timeout(180_000);
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tapline-page-'));
  await fs.writeFile(path.join(folder, 'main.js'), SCRIPT);
  const dataDir = path.join(folder, '.data');
  const { options } = readOptions({
    argv: ['--upstream=http://127.0.0.1:1', '--listen=127.0.0.1:0', `--data-dir=${dataDir}`, '--threads=2'],
    env: {},
    cwd: folder,
  });
  const log = new LineLog('info', { write: () => {} }, false);
  const source = builtInProgram(options);
  const gateway = await startGateway({ options, program: isBuiltIn ? source : null, log });
  t.teardown(async () => {
    await gateway.stop(0);
    await fs.rm(folder, { recursive: true, force: true });
  });
  const endpoints = programEndpoints({
    gateway,
    folder: new ProgramFolder(
      isBuiltIn
        ? { kind: 'built-in', source, ownFolder: path.join(dataDir, 'program') }
        : { kind: 'folder', folder, dataDir },
    ),
    log,
    history: log.history,
    language: () => scriptLanguage(options),
  });
  const router = new Router(endpoints);
  return {
    folder,
    gateway,
    log,
    async ask(method, target, question) {
      const answer = await askEndpoint(endpoints, method, target, question);
      const found = router.find(method, target);
      if (found.kind !== 'endpoint') throw new Error(found.kind);
      holdTo(t, answer, found.endpoint.description.answers[String(answer.status)], `${method} ${target}`);
      return answer;
    },
  };
}

const ajv = new Ajv2020({ strict: false });

function holdTo(
  t: ExecutionContext,
  { status, headers, body }: AdminAnswer,
  description: (typeof PROGRAM_DESCRIPTIONS)[number]['answers'][string] | undefined,
  what: string,
): void {
  if (description === undefined) return t.fail(`${what}: ${status} is not described`);
  t.is(headers?.['Content-Type']?.split(';')[0], description.contentType, `${what}: ${status}`);
  for (const name of Object.keys(description.headers ?? {}))
    if (name !== 'x-program-generation') t.truthy(headers?.[name], `${what}: ${name}`);
  if (description.schema !== undefined) {
    const isValid = ajv.validate(description.schema, JSON.parse(body as string));
    t.true(isValid, `${what}: ${ajv.errorsText()}`);
  }
}

const textOf = ({ body }: AdminAnswer): string => (body as string | Buffer).toString();
const parsed = ({ body }: AdminAnswer): unknown => JSON.parse(body as string);

test('a new file is made, started, changed, shown to be another, and removed', async (t) => {
  const { ask, gateway, folder } = await openPage(t);
  t.deepEqual(parsed(await ask('GET', '/api/files')), { 'main.js': '' });
  const made = await ask('POST', '/api/files/lib/new.js', {
    body: SCRIPT,
    headers: { 'if-none-match': '*' },
  });
  t.is(made.status, 201);
  const etag = made.headers!['ETag']!;
  t.is(
    (await ask('POST', '/api/files/lib/new.js', { body: '', headers: { 'if-none-match': '*' } })).status,
    409,
  );
  const read = await ask('GET', '/api/files/lib/new.js');
  t.is(read.headers!['ETag'], etag);
  t.is(textOf(read), SCRIPT);
  t.is((await ask('GET', '/api/files/lib/new.js', { headers: { 'if-none-match': etag } })).status, 304);
  t.like(await ask('POST', '/api/program', { body: 'lib/new.js\n' }), { status: 201 });
  t.like(await ask('GET', '/api/program'), {
    body: '/lib/new.js',
    headers: { 'x-program-source': 'file', 'x-program-generation': '1' },
  });
  await fs.writeFile(path.join(folder, 'lib/new.js'), 'theirs');
  const late = await ask('POST', '/api/files/lib/new.js', { body: 'mine', headers: { 'if-match': etag } });
  t.is(late.status, 409);
  t.like(parsed(late), { current: 'theirs' });
  await fs.rm(path.join(folder, 'lib/new.js'));
  t.like(
    parsed(await ask('POST', '/api/files/lib/new.js', { body: 'mine', headers: { 'if-match': etag } })),
    {
      current: null,
      etag: null,
    },
  );
  t.is((await ask('DELETE', '/api/files/lib/new.js')).status, 404);
  t.is((await ask('DELETE', '/api/files/main.js', { headers: { 'if-match': '"x"' } })).status, 409);
  t.is((await ask('DELETE', '/api/files/main.js')).status, 204);
  t.truthy(gateway.program(), 'what runs goes on');
});

test('paths that leave, folders and odd names', async (t) => {
  const { ask, folder } = await openPage(t);
  await fs.mkdir(path.join(folder, 'lib'));
  for (const target of ['..%2e/x', '%2e%2e/x', 'lib/../main.js', '.data/hmac.key', 'lib', 'a%0ab.js']) {
    t.is((await ask('GET', `/api/files/${target}`)).status, 404, target);
    t.is((await ask('DELETE', `/api/files/${target}`)).status, 404, target);
    t.is((await ask('POST', `/api/files/${target}`, { body: 'x' })).status, 400, target);
  }
  t.is((await ask('POST', '/api/program', { body: '../etc/passwd' })).status, 400);
  t.is((await ask('POST', '/api/program', { body: '' })).status, 400);
  await fs.writeFile(path.join(folder, 'large.js'), Buffer.alloc(2 * 1024 * 1024 + 1));
  t.is((await ask('GET', '/api/files/large.js')).status, 413);
});

test('a script that cannot be started is told with its place; the log says it too', async (t) => {
  const { ask } = await openPage(t);
  await ask('POST', '/api/files/bad.js', { body: 'pipy()\n  .listen(1)\n  .conect()' });
  const answer = await ask('POST', '/api/program', { body: '/bad.js' });
  t.is(answer.status, 400);
  t.deepEqual(parsed(answer), {
    error: 'unknown filter: conect; did you mean connect?',
    file: '/bad.js',
    line: 3,
    column: 4,
  });
  t.like(await ask('GET', '/api/program'), { body: '', headers: { 'x-program-source': 'none' } });
  const log = await ask('GET', '/api/log');
  t.regex(log.body as string, /\[error\] \[gui\] failed starting \/bad\.js: \/bad\.js:3:4: unknown filter/);
  t.regex(log.body as string, /\[info\] \[gui\] saved \/bad\.js, 31 bytes/);
});

test('start, stop and start again; one at a time', async (t) => {
  const { ask, gateway } = await openPage(t);
  t.is((await ask('DELETE', '/api/program')).status, 204, 'nothing runs, nothing happens');
  const first = ask('POST', '/api/program', { body: 'main.js' });
  while (!gateway.isSwitching) await new Promise(setImmediate);
  t.is((await ask('POST', '/api/program', { body: 'main.js' })).status, 409);
  t.is((await ask('DELETE', '/api/program')).status, 409);
  const started = await first;
  t.is(started.status, 201);
  const { path: entry, listens } = parsed(started) as { path: string; listens: string[] };
  t.is(entry, '/main.js');
  t.is(await (await fetch(`http://${listens[0]}/`)).text(), 'hello');
  t.is((await ask('DELETE', '/api/program')).status, 204);
  await t.throwsAsync(fetch(`http://${listens[0]}/`));
  t.is((await ask('POST', '/api/program', { body: 'main.js' })).status, 201);
});

test('the chart of what runs, what came to it, and the chart of a text', async (t) => {
  const { ask } = await openPage(t);
  t.deepEqual(parsed(await ask('GET', '/api/config')), {});
  t.like(parsed(await ask('GET', '/api/program/activity')), { pipelines: [] });
  const started = parsed(await ask('POST', '/api/program', { body: 'main.js' })) as { listens: string[] };
  await (await fetch(`http://${started.listens[0]}/`)).text();
  const config = parsed(await ask('GET', '/api/config')) as Record<string, { nodes: { name: string }[] }>;
  t.deepEqual(Object.keys(config), ['/main.js']);
  t.is(config['/main.js']!.nodes[0]!.name, '127.0.0.1:0');
  const { pipelines } = parsed(await ask('GET', '/api/program/activity')) as {
    pipelines: { made: number; filters: { events: number }[] }[];
  };
  t.is(pipelines[0]!.made, 1);
  t.true(pipelines[0]!.filters.every(({ events }) => events > 0));
  const graph = await ask('POST', '/api/graph', { body: SCRIPT.replace('decode', 'decod') });
  t.like(parsed(graph), {
    roots: [0],
    problems: [{ severity: 'error', line: 3, column: 4 }],
  });
  const fault = await ask('POST', '/api/graph', { body: 'pipy(' });
  t.is(fault.status, 400);
  t.like(parsed(fault), { line: 1, column: 6 });
  t.deepEqual(parsed(await ask('POST', '/api/graph', { body: '' })), { roots: [], nodes: [], problems: [] });
  t.is((await ask('POST', '/api/graph', { body: `${'('.repeat(100_000)}1` })).status, 400);
  t.is((await ask('POST', '/api/graph', { body: `${'+'.repeat(60_001)}1` })).status, 400);
});

test('the language: from the declarations, once', async (t) => {
  const { ask } = await openPage(t);
  const answer = await ask('GET', '/api/language');
  const { filters, beginnings, objects, standard } = parsed(answer) as Record<
    string,
    { name: string; signature: string; summary: string; members: { name: string; signature: string }[] }[]
  >;
  t.like(
    filters!.find(({ name }) => name === 'connect'),
    { signature: 'connect(target, [options])', origin: 'spec' } as object,
  );
  t.deepEqual(
    beginnings!.map(({ name }) => name),
    ['listen', 'task', 'pipeline'],
  );
  const members = (name: string): string[] =>
    objects!.find((one) => one.name === name)!.members.map((member) => member.name);
  t.deepEqual(members('JSON'), ['parse', 'stringify', 'decode', 'encode']);
  t.deepEqual(members('Data'), ['size', 'push', 'shift', 'toString']);
  t.true(members('audit').includes('exchanges'));
  t.true(members('algo').includes('Cache'));
  t.is(objects!.find(({ name }) => name === 'Netmask')!.signature, 'new Netmask(cidr: string)');
  t.true(standard!.includes('Math' as never));
  const etag = answer.headers!['ETag']!;
  t.like(await ask('GET', '/api/language', { headers: { 'if-none-match': etag } }), {
    status: 304,
    body: '',
  });
});

test('the tail of the log', async (t) => {
  const { ask, log } = await openPage(t);
  const size = Number((await ask('GET', '/api/log')).headers!['x-log-size']);
  log.write('output', 'one\ntwo');
  const tail = await ask('GET', '/api/log', { headers: { 'x-log-size': `${size}` } });
  t.is(tail.body, 'one\ntwo\n');
  t.is(tail.headers!['x-log-size'], `${size + 2}`);
  for (const known of ['-1', 'x', '1e9', '99999999999999999999'])
    t.true(textOf(await ask('GET', '/api/log', { headers: { 'x-log-size': known } })).endsWith('two\n'));
});

test('the built-in program: shown, edited into a copy, started from there, given back', async (t) => {
  const { ask } = await openPage(t, true);
  t.like(await ask('GET', '/api/program'), {
    body: '/audit.js',
    headers: { 'x-program-source': 'built-in' },
  });
  const shown = await ask('GET', '/api/files/audit.js');
  const { headers } = shown;
  const edited = textOf(shown).replace("fork('request')", "fork('request').dump('seen')");
  t.is(
    (await ask('POST', '/api/files/audit.js', { body: edited, headers: { 'if-match': headers!['ETag']! } }))
      .status,
    201,
  );
  t.is((await ask('GET', '/api/program')).headers!['x-program-source'], 'built-in', 'as it was started');
  t.is((await ask('POST', '/api/program', { body: '/audit.js' })).status, 201);
  t.is((await ask('GET', '/api/program')).headers!['x-program-source'], 'file');
  const { '/audit.js': graph } = parsed(await ask('GET', '/api/config')) as Record<
    string,
    { nodes: { name: string }[] }
  >;
  t.true(graph!.nodes.some(({ name }) => name === 'dump'));
  t.is((await ask('DELETE', '/api/files/audit.js')).status, 204);
  t.is((await ask('POST', '/api/program', { body: '/audit.js' })).status, 201);
  t.is((await ask('GET', '/api/program')).headers!['x-program-source'], 'built-in');
});

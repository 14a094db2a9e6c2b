import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';
import { makeDataDir, runCli, startProcess } from '../support/process.ts';

const GET = 'GET /first?token=abc HTTP/1.1\r\nHost: shop.test\r\n\r\n';

test('help, version and filters are printed and end with 0', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--help'], /Examples:[^]*--upstream=URL[^]*--max-connections/],
    [['help', 'records'], /--query=QUERY[^]*duration/],
    [['verify', '--help'], /Exit codes/],
    [['--version'], /^Version +\d+\.\d+\.\d+\nNode +v\d+/],
    [
      ['--list-filters'],
      /^\n\S[^]*replaceMessage +\[replacement\] [^]*\nAdditions of Tapline:\n\ncaptureRequest [^]*\n\n$/,
    ],
    [['--help-filters'], /fork\(/],
    [['--verify'], /^Done\.\n$/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await runCli(args);
    t.is(code, 0, stderr);
    t.regex(stdout, expected);
    t.is(stderr, '');
  }
});

test('what was called wrongly ends with 2 and says what to do', async (t) => {
  const cwd = await makeDataDir(t);
  const cases: [string[], RegExp][] = [
    [['--bogus'], /unknown option: --bogus/],
    [['--listn=1', '--upstream=http://127.0.0.1:1'], /did you mean --listen\?/],
    [['--listen=8000'], /--upstream is missing/],
    [['--upstream=ftp://x'], /--upstream/],
    [['--upstream=http://127.0.0.1:1', '--listen=99999'], /--listen/],
    [['--upstream=http://127.0.0.1:1', '--idle-timeout=soon'], /--idle-timeout/],
    [['--upstream=http://127.0.0.1:1', '--tls-cert=a.pem'], /belong together/],
    [['missing.js'], /there is no script/],
    [['records', '--query=status>=', `--data-dir=${cwd}`], /query|expected/],
    [['records', '--limit=many', `--data-dir=${cwd}`], /--limit/],
    [['records', '--since=whenever', `--data-dir=${cwd}`], /--since/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await runCli(args, cwd);
    t.is(code, 2, `${args.join(' ')}: ${stderr}`);
    t.regex(stderr, expected);
    t.false(stderr.includes('    at '), 'no stack trace');
  }
});

test('a missing data directory is said so', async (t) => {
  const { code, stderr } = await runCli(['records', '--data-dir=/nonexistent/tapline']);
  t.is(code, 1);
  t.regex(stderr, /there is no data directory/);
});

test('options come from the file and the environment too', async (t) => {
  const cwd = await makeDataDir(t);
  writeFileSync(path.join(cwd, 'tapline.yaml'), 'upstream: http://127.0.0.1:1\nlisten: nonsense\n');
  const { code, stderr } = await runCli([], cwd);
  t.is(code, 2);
  t.regex(stderr, /tapline\.yaml:2:9/);
  writeFileSync(path.join(cwd, 'tapline.yaml'), 'upstreams: x\n');
  t.regex(
    (await runCli([], cwd)).stderr,
    /tapline\.yaml:1:1: unknown option: upstreams; did you mean --upstream\?/,
  );
});

test('init writes a program that loads, and never overwrites', async (t) => {
  const cwd = await makeDataDir(t);
  t.is((await runCli(['init', 'gateway'], cwd)).code, 0);
  const file = path.join(cwd, 'gateway', 'main.js');
  t.is(
    readFileSync(file, 'utf8'),
    readFileSync(new URL('../../src/pipelines/audit.js', import.meta.url), 'utf8'),
  );
  t.is((await runCli(['--verify', '--upstream=http://127.0.0.1:1', 'gateway'], cwd)).stdout, 'Done.\n');
  writeFileSync(file, 'mine');
  t.is((await runCli(['init', 'gateway'], cwd)).code, 1);
  t.is(readFileSync(file, 'utf8'), 'mine');
});

test('a script that is wrong is told with file, line, column and the line itself', async (t) => {
  const cwd = await makeDataDir(t);
  const cases: [string, RegExp][] = [
    ['pipy()\n  .listen(0)\n  .forkk("x")\n', /main\.js:3:4: .*forkk.*fork/],
    ['pipy()\n  .listen(0)\n  .fork("missing")\n', /main\.js:3:4: .*missing/],
    ['pipy(\n', /main\.js:2:1: /],
    ['pipy().fork("x")', /no pipeline found/],
    ['pipy({ a: 1 }).listen(0).onData(() => __inbound = 1)', /read-only/],
    ['"text"', /main\.js/],
  ];
  for (const [script, expected] of cases) {
    writeFileSync(path.join(cwd, 'main.js'), script);
    const { code, stderr } = await runCli(['--verify', 'main.js'], cwd);
    t.is(code, 1, stderr);
    t.regex(stderr, expected);
  }
});

test('a port that is taken and a data directory in use are told', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => OK),
  );
  const gateway = await startProcess(t, [`--upstream=http://${target}`]);
  const taken = await runCli([
    `--upstream=http://${target}`,
    `--listen=127.0.0.1:${gateway.port}`,
    `--data-dir=${await makeDataDir(t)}`,
  ]);
  t.is(taken.code, 1);
  t.regex(taken.stderr, /EADDRINUSE|in use/);
  const inUse = await runCli([`--upstream=http://${target}`, '--listen=0', `--data-dir=${gateway.dataDir}`]);
  t.is(inUse.code, 1);
  t.regex(inUse.stderr, new RegExp(`in use by process ${gateway.pid}`));
  t.is(await gateway.end('SIGTERM'), 0);
});

test('records: a table, JSON lines, queries, and beside a running gateway', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => OK),
  );
  const gateway = await startProcess(t, [`--upstream=http://${target}`]);
  const client = await connectClient(gateway.port);
  client.write(GET);
  await client.until('ok');
  client.socket.destroy();
  const dir = `--data-dir=${gateway.dataDir}`;
  let listed = { stdout: '', stderr: '', code: null as number | null };
  const giveUpAtMs = Date.now() + 10_000;
  while (!listed.stdout.includes('/first') && Date.now() < giveUpAtMs)
    listed = await runCli(['records', dir]);
  t.regex(listed.stdout, /^TIME +METHOD[^]*GET +200 .* shop\.test\/first\?token=REDACTED\n$/);
  t.regex((await runCli(['verify', dir])).stdout, /^complete: 1 record, no gaps\n +the gateway is running/);
  t.is(await gateway.end('SIGINT'), 0, gateway.output());
  const json = await runCli(['records', dir, '--json', '--query=status:200 path:/first']);
  t.is((JSON.parse(json.stdout) as { url: { query: string } }).url.query, 'token=REDACTED');
  t.is((await runCli(['records', dir, '--json', '--query=status:404'])).stdout, '');
  const verified = await runCli(['verify', dir, '--json']);
  t.is(verified.code, 0);
  t.true((JSON.parse(verified.stdout) as { isComplete: boolean }).isComplete);
});

test('a folder that a deployment made too open is still not readable by others', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => OK),
  );
  const dataDir = path.join(await makeDataDir(t), 'deep', 'data');
  mkdirSync(path.dirname(dataDir), { recursive: true });
  const gateway = await startProcess(t, [`--upstream=http://${target}`], dataDir);
  await gateway.end('SIGTERM');
  const { statSync } = await import('node:fs');
  t.is(statSync(dataDir).mode & 0o077, 0);
  t.is(statSync(path.join(dataDir, 'store.sqlite')).mode & 0o077, 0);
  t.true(existsSync(path.join(dataDir, 'hmac.key')));
});

const ANSWERING = (text: string): string =>
  `pipy().listen('127.0.0.1:0').decodeHttpRequest().replaceMessage(new Message('${text}')).encodeHttpResponse()`;

test('SIGHUP reloads the script, SIGTSTP shows what runs, SIGINT ends in order', async (t) => {
  const folder = await makeDataDir(t);
  const script = path.join(folder, 'main.js');
  writeFileSync(script, ANSWERING('first'));
  const gateway = await startProcess(t, [script]);
  const said = async (text: string): Promise<void> => {
    const giveUpAtMs = Date.now() + 10_000;
    while (!gateway.output().includes(text)) {
      if (Date.now() > giveUpAtMs) throw new Error(`never said ${text}: ${gateway.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const ask = async (): Promise<string> => {
    const client = await connectClient(gateway.port);
    client.write(GET);
    client.socket.end();
    return client.untilClose();
  };
  t.true((await ask()).endsWith('first'));
  t.regex(
    gateway.output(),
    /\[config\] Module \/main\.js[^]*\[Listen on 127\.0\.0\.1:0\][^]*decodeHttpRequest/,
  );
  writeFileSync(script, ANSWERING('second'));
  process.kill(gateway.pid, 'SIGHUP');
  await said('script reloaded');
  t.true((await ask()).endsWith('second'));
  writeFileSync(script, 'pipy(');
  process.kill(gateway.pid, 'SIGHUP');
  await said('failed reloading script, the old one runs on');
  await said('/main.js:1:6');
  t.true((await ask()).endsWith('second'));
  process.kill(gateway.pid, 'SIGTSTP');
  await said('data thread 0:');
  t.regex(gateway.output(), /FILE +PIPELINE +SESSIONS +ACTIVE\n\/main\.js +127\.0\.0\.1:0 +2 +\d\n/);
  t.is(await gateway.end('SIGINT'), 0);
});

test('--verify tells what is doubtful, with its place and what was meant', async (t) => {
  const folder = await makeDataDir(t);
  const script = path.join(folder, 'main.js');
  const cases: [string, RegExp][] = [
    [
      'pipy()\n.lissten(80)',
      /^\/main\.js:2:2: unknown filter: lissten; did you mean listen\?\n {2}\.lissten\(80\)\n {3}\^\n$/,
    ],
    [
      "pipy()\n.listen(80)\n.connect('a:1', { retryCont: 1 })",
      /^\/main\.js:3:2: connect: unknown option retryCont; did you mean retryCount\?/,
    ],
    [
      'pipy()\n.listen(80)\n.onData(e => algo.Cahe)',
      /^\/main\.js:3:19: algo has no Cahe; did you mean Cache\?/,
    ],
    ['pipy({ _a: 1 })\n.listen(80)\n.onData(() => _b)', /^\/main\.js:3:15: unresolved identifier: _b/],
    ['pipy()\n.listen(80)\n.onData(5)', /^\/main\.js:3:2: onData: argument #1 expects a function/],
    ['pipy()\n.listen(80)\n.demux()', /demux: requires 1 or more arguments/],
  ];
  for (const [source, expected] of cases) {
    writeFileSync(script, source);
    const { code, stderr, stdout } = await runCli(['--verify', script]);
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, expected);
  }
  writeFileSync(script, ANSWERING('fine'));
  const { code, stdout } = await runCli(['--verify', script]);
  t.is(code, 0);
  t.is(stdout, 'Done.\n');
});

test('--reuse-port: two processes share a port; without it the second is told', async (t) => {
  const folder = await makeDataDir(t);
  const script = path.join(folder, 'main.js');
  writeFileSync(script, ANSWERING('one'));
  const first = await startProcess(t, [script, '--reuse-port']);
  const same = path.join(folder, 'same.js');
  writeFileSync(same, ANSWERING('two').replace(':0', `:${first.port}`));
  const refused = await runCli([same, `--data-dir=${await makeDataDir(t)}`]);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /in use/);
  // They record nothing, and so need no data directory of their own.
  const second = await startProcess(t, [same, '--reuse-port'], first.dataDir);
  t.false(existsSync(path.join(first.dataDir, 'store.sqlite')));
  t.is(second.port, first.port);
  await first.end('SIGTERM');
  const client = await connectClient(second.port);
  client.write(GET);
  await client.until('two');
  client.socket.end();
  t.is(await second.end('SIGTERM'), 0);
});

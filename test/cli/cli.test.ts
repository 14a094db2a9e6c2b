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

import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import test from 'ava';
import { controlSocketPath } from '../../src/control/control-protocol.ts';
import { makeDataDir, runCli, startProcess } from '../support/process.ts';

test('what was called wrongly ends with 2 before anybody is asked', async (t) => {
  const cwd = await makeDataDir(t);
  const cases: [string[], RegExp][] = [
    [[], /expected cpu, heap or snapshot/],
    [['gpu'], /expected cpu, heap or snapshot, not gpu/],
    [['cpu', '--seconds=0'], /seconds: expected a number from 1 to 600/],
    [['cpu', '--seconds=soon'], /--seconds: expected a whole number, not soon/],
    [['cpu', '--seconds=600', '--sample-us=100'], /more than 1000000 samples/],
    [['cpu', '--sample-bytes=1024'], /--sample-bytes says nothing about a cpu profile/],
    [['heap', '--sample-us=1000'], /--sample-us says nothing about a heap profile/],
    [['cpu', '--include-contents'], /--include-contents says nothing about a cpu profile/],
    [['cpu', 'there'], /unexpected argument: there/],
    [
      ['snapshot'],
      /holds everything that is in memory: bodies and headers[^]*passwords[^]*--include-contents/,
    ],
    [['snapshot', '--seconds=3', '--include-contents'], /--seconds says nothing about a snapshot/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await runCli(['profile', ...args], cwd);
    t.is(code, 2, `${args.join(' ')}: ${stderr}`);
    t.regex(stderr, expected);
    t.is(stdout, '');
  }
  t.deepEqual(readdirSync(cwd), []);
});

test('where no gateway can be asked, it says why', async (t) => {
  const cwd = await makeDataDir(t);
  const missing = await runCli(['profile', 'cpu'], cwd);
  t.is(missing.code, 1);
  t.regex(missing.stderr, /there is no data directory .*\.tapline/);

  mkdirSync(path.join(cwd, '.tapline'));
  const idle = await runCli(['profile', 'cpu'], cwd);
  t.is(idle.code, 1);
  t.regex(idle.stderr, /no gateway runs with the data directory .*\.tapline: say which with --data-dir/);
  t.regex(idle.stderr, /a script that does not use audit has none, and cannot be asked/);
  t.deepEqual(readdirSync(cwd), ['.tapline']);
});

test('a gateway with a script that does not use audit has no socket', async (t) => {
  const cwd = await makeDataDir(t);
  writeFileSync(path.join(cwd, 'main.js'), `pipy().listen('127.0.0.1:0').link('x').pipeline('x').dummy()`);
  const gateway = await startProcess(t, [path.join(cwd, 'main.js')]);
  t.false(existsSync(path.join(gateway.dataDir, 'control')));
  const { code, stderr } = await runCli(['profile', 'cpu', `--data-dir=${gateway.dataDir}`]);
  t.is(code, 1);
  t.regex(stderr, /no gateway runs with the data directory/);
  t.is(await gateway.end('SIGTERM'), 0);
});

test('a data directory that is too deep for a socket is warned of, and the gateway runs on', async (t) => {
  const dataDir = path.join(await makeDataDir(t), 'x'.repeat(120));
  const gateway = await startProcess(t, ['--upstream=http://127.0.0.1:1'], dataDir);
  const client = net.connect(gateway.port, '127.0.0.1');
  await once(client, 'connect');
  client.destroy();
  t.regex(
    gateway.output(),
    /\[warning\] \[control\] there is no control socket, so tapline profile cannot be used: .* choose a shorter --data-dir/,
  );
  const { code, stderr } = await runCli(['profile', 'cpu', `--data-dir=${dataDir}`]);
  t.is(code, 1);
  t.regex(stderr, /too long for a socket/);
  t.is(await gateway.end('SIGTERM'), 0);
});

test('the socket is there while the gateway runs, replaced after one that was killed, and gone at the end', async (t) => {
  const killed = await startProcess(t, ['--upstream=http://127.0.0.1:1']);
  const socket = controlSocketPath(killed.dataDir, '/');
  const real = path.resolve('/', socket);
  t.is(statSync(real).mode & 0o777, 0o600);
  await killed.end('SIGKILL');
  t.true(existsSync(real));
  const dir = `--data-dir=${killed.dataDir}`;
  t.regex((await runCli(['profile', 'cpu', dir])).stderr, /no gateway runs with the data directory/);

  const cwd = await makeDataDir(t);
  const gateway = await startProcess(t, ['--upstream=http://127.0.0.1:1'], killed.dataDir);
  const { code, stdout, stderr } = await runCli(
    ['profile', 'heap', '--seconds=1', '--json', '--thread=main', dir],
    cwd,
  );
  t.is(code, 0, stderr);
  t.is(stderr, 'heap profile of main for 1 s\n');
  const report = JSON.parse(stdout) as { kind: string; threads: { thread: string; file: string }[] };
  t.is(report.kind, 'heap');
  t.deepEqual(
    report.threads.map(({ thread, file }) => [thread, path.dirname(file)]),
    [['main', cwd]],
  );
  const unknown = await runCli(['profile', 'cpu', '--thread=data-7', dir], cwd);
  t.is(unknown.code, 1);
  t.regex(unknown.stderr, /there is no thread "data-7"; there are main, data-0/);
  t.is(await gateway.end('SIGTERM'), 0);
  t.false(existsSync(real));
});

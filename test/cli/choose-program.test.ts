import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import test from 'ava';
import { chooseProgram, type ProgramChoice } from '../../src/cli/choose-program.ts';
import { readOptions } from '../../src/config/read-options.ts';
import { UsageError } from '../../src/config/usage-error.ts';
import { makeDataDir } from '../support/process.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

const choose = (cwd: string, argv: readonly string[], isVerifying = false): ProgramChoice =>
  chooseProgram(readOptions({ argv, env: {}, cwd }), cwd, isVerifying);

test('a script, a folder, a folder with the page, or the built-in program', async (t) => {
  const cwd = await makeDataDir(t);
  await fs.mkdir(path.join(cwd, 'app'));
  const folder = path.join(cwd, 'app');
  t.throws(() => choose(cwd, ['app']), {
    instanceOf: UsageError,
    message: /no main\.js; --gui-port/,
  });
  const pageRoot = { kind: 'folder', folder, dataDir: path.join(cwd, '.tapline') };
  const opened = { program: null, pageRoot };
  t.deepEqual(choose(cwd, ['--gui-port=9000', 'app']), opened as ProgramChoice);
  await fs.writeFile(path.join(folder, 'main.js'), 'pipy()');
  t.deepEqual(choose(cwd, ['--gui-port=9000', 'app']), opened as ProgramChoice);
  const running = {
    program: { root: folder, entry: '/main.js', isBuiltIn: false },
    pageRoot,
  };
  t.deepEqual(choose(cwd, ['app']), running as ProgramChoice);
  t.deepEqual(choose(cwd, ['--gui-port=0', 'app']), running as ProgramChoice);
  t.deepEqual(choose(cwd, ['--gui-port=9000', 'app'], true), running as ProgramChoice);
  t.deepEqual(choose(cwd, ['--gui-port=9000', 'app/main.js']), running as ProgramChoice);
  t.like(choose(cwd, []), {
    program: { entry: '/audit.js', isBuiltIn: true },
    pageRoot: { kind: 'built-in', ownFolder: path.join(cwd, '.tapline/program') },
  });
  t.like(choose(cwd, ['--capture=off']), { program: { entry: '/forward.js' } });
  t.throws(() => choose(cwd, ['nowhere.js']), { instanceOf: UsageError });
  t.throws(() => choose(cwd, ['app', 'app']), { instanceOf: UsageError });
});

test('a folder with the page: nothing runs yet, a hang-up says so, an interrupt ends it', async (t) => {
  t.timeout(180_000);
  const folder = await makeDataDir(t);
  await fs.writeFile(path.join(folder, 'hello.js'), "pipy().listen('127.0.0.1:0')");
  const child = spawn(
    process.execPath,
    [MAIN, '--gui-port=127.0.0.1:0', `--data-dir=${path.join(folder, '.data')}`, folder],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } },
  );
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  const changed = new EventTarget();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      changed.dispatchEvent(new Event('more'));
    });
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output);
      if (found !== null) return found;
      await new Promise((resolve) => changed.addEventListener('more', resolve, { once: true }));
    }
  };
  const [, page] = await until(/Page: (http:\/\/\S+)/);
  await until(/Nothing runs yet: start a script of/);
  t.deepEqual(await (await fetch(`${page}/api/files`)).json(), { 'hello.js': '' });
  t.is(await (await fetch(`${page}/api/program`)).text(), '');
  child.kill('SIGHUP');
  await until(/No script running/);
  const post = { method: 'POST', headers: { Origin: page! }, body: 'hello.js' };
  t.is((await fetch(`${page}/api/program`, post)).status, 201);
  child.kill('SIGHUP');
  await until(/script reloaded; listening on 127\.0\.0\.1:/);
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  t.is(await ended, 0);
});

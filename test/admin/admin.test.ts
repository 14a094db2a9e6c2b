import { chmod, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import test from 'ava';
import { Admin, type AdminOptions } from '../../src/admin/admin.ts';
import { makeDataDir } from '../support/process.ts';

function optionsOf(port: string, more: Partial<AdminOptions['options']> = {}): AdminOptions {
  return {
    options: { guiPort: { text: port }, guiTokenFile: null, guiHosts: [], ...more },
    isPortGiven: false,
    log: { write: () => {} },
    metrics: () => [],
    health: () => ({ state: 'running', threads: [], sinks: [], spool: null }),
  };
}

test('the line tells where the page is; a port that nobody asked for may be another', async (t) => {
  const first = new Admin(optionsOf('127.0.0.1:0'));
  t.teardown(() => first.stop(0));
  const address = /^Page: (http:\/\/127\.0\.0\.1:(\d+)) \(and \/metrics, \/healthz, \/readyz, \/api\)$/.exec(
    (await first.start())!,
  )!;
  const second = new Admin(optionsOf(`127.0.0.1:${address[2]}`));
  t.teardown(() => second.stop(0));
  const line = (await second.start())!;
  t.regex(line, new RegExp(`; port ${address[2]} is in use\\)$`));
  const given = new Admin({ ...optionsOf(`127.0.0.1:${address[2]}`), isPortGiven: true });
  await t.throwsAsync(given.start(), { message: /the port is in use/ });
  t.is((await fetch(`${address[1]}/healthz`)).status, 200);
  t.is((await fetch(`${address[1]}/api/info`)).status, 503);
  second.serve([]);
  t.is((await fetch(`${/http:\S+/.exec(line)![0]}/api/info`)).status, 404);
});

test('beyond loopback the line says what the page needs', async (t) => {
  const admin = new Admin(optionsOf('0.0.0.0:0'));
  t.teardown(() => admin.stop(0));
  t.regex((await admin.start())!, /^Admin: http:\/\/0\.0\.0\.0:\d+ \(.*--gui-token-file beyond loopback\)$/);
});

test('no port, no page; and stop is safe', async (t) => {
  const admin = new Admin(optionsOf('', { guiPort: null }));
  t.is(await admin.start(), null);
  admin.serve([]);
  await admin.stop(0);
  await admin.stop(0);
});

test('a token that cannot be used is an error, one that others can read a warning', async (t) => {
  const file = path.join(await makeDataDir(t), 'token');
  await writeFile(file, 'short');
  t.throws(() => new Admin(optionsOf('127.0.0.1:0', { guiTokenFile: file })), {
    message: /^--gui-token-file: the token must be one word/,
  });
  await writeFile(file, 'correct-horse-battery');
  await chmod(file, 0o644);
  const warnings: string[] = [];
  const admin = new Admin({
    ...optionsOf('127.0.0.1:0', { guiTokenFile: file }),
    log: { write: (_level, message) => void warnings.push(message) },
  });
  await admin.stop(0);
  t.regex(warnings.join('\n'), /others on this machine may read .*chmod 600/);
});

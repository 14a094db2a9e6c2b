import { spawn, spawnSync } from 'node:child_process';
import test from 'ava';
import { measuredDataThread } from '../support/measured-data-thread.ts';

const EXCHANGES = 500;

test('an exchange on open connections is two reads and two writes, and the spool is written once a batch', async (t) => {
  const thread = await measuredDataThread(t, { args: ['--batch-count=100', '--flush-interval=60s'] });
  const [client] = await thread.connect(1);
  await client!.exchange();
  const before = await thread.measure();
  for (let sent = 0; sent < EXCHANGES; sent++) await client!.exchange();
  const after = await thread.measure();
  t.is(after.reads - before.reads, 2 * EXCHANGES);
  t.is(after.writes - before.writes, 2 * EXCHANGES);
  const spoolWrites = after.spoolWrites - before.spoolWrites;
  t.true(spoolWrites >= 1 && spoolWrites <= EXCHANGES / 100 + 1, `${spoolWrites} writes of the spool`);
});

/** Why system calls cannot be counted here; null where they can. */
function whyNoTracing(): string | null {
  if (spawnSync('strace', ['-V']).error !== undefined) return 'strace is not installed';
  const sleeper = spawn('sleep', ['10']);
  const { stderr } = spawnSync('strace', ['-c', '-p', String(sleeper.pid)], {
    timeout: 500,
    killSignal: 'SIGINT',
    encoding: 'utf8',
  });
  sleeper.kill();
  return stderr.includes('attached') ? null : 'strace may not attach to a process';
}

const whyNot = whyNoTracing();

(whyNot === null ? test : test.skip)(
  `an exchange on open connections is four system calls and some waits${whyNot === null ? '' : `: ${whyNot}`}`,
  async (t) => {
    const thread = await measuredDataThread(t);
    const [client] = await thread.connect(1);
    for (let sent = 0; sent < EXCHANGES; sent++) await client!.exchange();
    // Of its main thread alone: those of the pool write the spool, those of V8 collect.
    const strace = spawn('strace', ['-c', '-U', 'calls,name', '-p', String(thread.pid)]);
    t.teardown(() => strace.kill('SIGKILL'));
    let told = '';
    const attached = new Promise<void>((resolve) =>
      strace.stderr.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        if (told.includes('attached')) resolve();
      }),
    );
    await attached;
    for (let sent = 0; sent < EXCHANGES; sent++) await client!.exchange();
    strace.kill('SIGINT');
    await new Promise((resolve) => strace.once('close', resolve));
    const counted = new Map(
      [...told.matchAll(/^ *(\d+) (\w+)$/gm)].map(([, count, name]) => [name!, Number(count)]),
    );
    const calls = (name: string): number => (counted.get(name) ?? 0) / EXCHANGES;
    t.log([...counted].map(([name]) => `${name} ${calls(name).toFixed(2)}`).join(', '));
    t.true(calls('read') >= 2, told);
    t.true(calls('read') < 2.1, told);
    t.true(calls('write') + calls('writev') >= 2, told);
    t.true(calls('write') + calls('writev') < 2.1, told);
    t.true(calls('epoll_pwait') + calls('epoll_wait') < 5, told);
    t.true(calls('total') < 10, told);
  },
);

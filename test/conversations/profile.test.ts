import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Agent, request } from 'undici';
import { askGateway } from '../../src/control/control-client.ts';
import type { ProfileEvent } from '../../src/profiling/take-profile.ts';
import { answering, startUpstream } from '../support/fixture.ts';
import { type GatewayProcess, makeDataDir, runCli, startProcess } from '../support/process.ts';

const CANARY = 'c4naryValue9z';

/** A gateway with traffic that goes on until the test ends; every part of it holds the canary. */
async function startBusy(t: ExecutionContext): Promise<GatewayProcess> {
  const body = JSON.stringify({ note: CANARY, password: CANARY });
  const target = await startUpstream(
    t,
    answering(
      () =>
        `HTTP/1.1 200 ${CANARY}\r\nX-Answer: ${CANARY}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  const gateway = await startProcess(t, [`--upstream=http://${target}`]);
  const agent = new Agent({ connections: 4 });
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const answer = await request(`http://127.0.0.1:${gateway.port}/${CANARY}?token=${CANARY}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${CANARY}`, 'content-type': 'application/json' },
        body,
        dispatcher: agent,
      });
      await answer.body.dump();
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  t.teardown(async () => {
    isOver = true;
    await clients.catch(() => {});
    await agent.close();
  });
  return gateway;
}

test('a cpu and a heap profile of a gateway under traffic name its functions by thread, and hold nothing of the traffic', async (t) => {
  const gateway = await startBusy(t);
  const dir = `--data-dir=${gateway.dataDir}`;
  const cwd = await makeDataDir(t);
  const cpu = await runCli(['profile', 'cpu', '--seconds=1', '--output=profiles', dir], cwd);
  t.is(cpu.code, 0, cpu.stderr);
  t.is(cpu.stderr, 'cpu profile of main, data-0 for 1 s\n');
  t.regex(cpu.stdout, /^main: busy for \d+ ms of \d+ ms \(\d+\.\d %\)\n[^]*^data-0: busy for/m);
  t.regex(cpu.stdout, /^Written, one file a thread:\n {2}profiles\/tapline-\d{8}T\d{6}Z-main\.cpuprofile/m);
  t.regex(cpu.stdout, /Chrome DevTools[^]*VS Code[^]*speedscope/);
  const heap = await runCli(
    ['profile', 'heap', '--garbage', '--sample-bytes=16384', '--seconds=1', '--output=profiles', dir],
    cwd,
  );
  t.is(heap.code, 0, heap.stderr);
  t.regex(heap.stdout, /^data-0: \d+\.\d [kM]B allocated in 1 s\n/m);
  const files = readdirSync(path.join(cwd, 'profiles')).map((name) => path.join(cwd, 'profiles', name));
  t.deepEqual(files.map((file) => file.replace(/^.*Z-/, '')).toSorted(), [
    'data-0.cpuprofile',
    'data-0.heapprofile',
    'main.cpuprofile',
    'main.heapprofile',
  ]);
  for (const file of files) {
    t.is(statSync(file).mode & 0o777, 0o600);
    const text = readFileSync(file, 'utf8');
    t.false(text.includes(CANARY.slice(0, 6)), file);
    const isOfDataThread = file.includes('data-0');
    t.is(text.includes('src/net/inbound.ts'), isOfDataThread, `${file}: who carries the traffic`);
    if (file.endsWith('.cpuprofile'))
      t.is(text.includes('src/sinks/delivery/'), !isOfDataThread, `${file}: who delivers`);
  }
  t.is(await gateway.end('SIGTERM'), 0);
});

test('a snapshot says what it holds, and holds it', async (t) => {
  const gateway = await startBusy(t);
  const cwd = await makeDataDir(t);
  const { code, stdout, stderr } = await runCli(
    ['profile', 'snapshot', '--include-contents', '--thread=data-0', `--data-dir=${gateway.dataDir}`],
    cwd,
  );
  t.is(code, 0, stderr);
  t.is(stderr, 'heap snapshot of data-0: each stands still meanwhile\n');
  t.regex(stdout, /They hold bodies, headers and secrets of the traffic/);
  const [name] = readdirSync(cwd);
  t.regex(name!, /-data-0\.heapsnapshot$/);
  t.is(statSync(path.join(cwd, name!)).mode & 0o777, 0o600);
  const text = readFileSync(path.join(cwd, name!), 'utf8');
  t.notThrows(() => JSON.parse(text));
  t.true(text.includes(CANARY), 'this is why it needs the switch');
  t.is(await gateway.end('SIGTERM'), 0);
});

test('a command that is interrupted ends the profile: the next one is taken', async (t) => {
  const gateway = await startProcess(t, ['--upstream=http://127.0.0.1:1']);
  const dir = `--data-dir=${gateway.dataDir}`;
  const cwd = await makeDataDir(t);
  const main = path.join(import.meta.dirname, '../../src/main.ts');
  const interrupted = spawn(process.execPath, [main, 'profile', 'cpu', '--seconds=600', dir], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd,
  });
  t.teardown(() => interrupted.kill('SIGKILL'));
  await once(interrupted.stderr, 'data');
  const busy = await runCli(['profile', 'cpu', '--seconds=1', dir], cwd);
  t.is(busy.code, 1);
  t.regex(busy.stderr, /another profile is being taken: try again when it is done/);
  interrupted.kill('SIGINT');
  t.deepEqual(await once(interrupted, 'close'), [1, null]);
  // The gateway hears of it a moment later.
  for (;;) {
    const events = askGateway({
      dataDir: gateway.dataDir,
      timeoutMs: 10_000,
      request: { command: 'profile', kind: 'cpu', seconds: 1, intervalMicroseconds: 1000 },
    }) as AsyncGenerator<ProfileEvent>;
    const first = await events.next().catch((error: unknown) => error as Error);
    await events.return(undefined);
    if (!(first instanceof Error)) break;
    t.is(first.message, 'another profile is being taken: try again when it is done');
  }
  t.deepEqual(readdirSync(cwd), [], 'half a file is of no use');
  t.is(await gateway.end('SIGTERM'), 0);
});

test('a gateway that stops does not wait for a profile', async (t) => {
  const gateway = await startProcess(t, ['--upstream=http://127.0.0.1:1']);
  const cwd = await makeDataDir(t);
  const events = askGateway({
    dataDir: gateway.dataDir,
    timeoutMs: 10_000,
    request: { command: 'profile', kind: 'cpu', seconds: 600, intervalMicroseconds: 1000 },
  });
  await events.next();
  const over = t.throwsAsync(events.next().then(() => events.next()));
  t.is(await gateway.end('SIGTERM'), 0);
  await over;
  t.deepEqual(readdirSync(cwd), []);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { childrenOf } from '../../load-tests/measure/process-facts.ts';
import type { LoadReport } from '../../load-tests/measurement.ts';

const RUN = path.join(import.meta.dirname, '../../load-tests/run.ts');
const onLinux = process.platform === 'linux' ? test : test.skip;

async function start(
  t: ExecutionContext,
  ...args: string[]
): Promise<{ child: ChildProcess; folder: string; output: () => { stdout: string; stderr: string } }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-load-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [RUN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  return { child, folder, output: () => said };
}

onLinux(
  'the smallest scenario is measured with nothing but Node, its records balance, and nothing is left behind',
  async (t) => {
    const { child, folder, output } = await start(
      t,
      '--node-only',
      '--full',
      '--scenario=small-get',
      '--subject=direct',
      '--subject=nginx',
      '--subject=tapline-store',
      '--repetitions=1',
      '--seconds=1',
      '--json',
      '--report=page.html',
    );
    const [code] = (await once(child, 'close')) as [number];
    t.is(code, 0, output().stderr);
    const report = JSON.parse(output().stdout) as LoadReport;
    t.deepEqual(
      report.measurements.map(({ subject, load }) => `${subject} ${load.kind}`),
      [
        'direct full-speed',
        'tapline-store full-speed',
        'direct constant-rate',
        'tapline-store constant-rate',
      ],
    );
    for (const { subject, requests, errors, latencyMs, cpu, memory, records } of report.measurements) {
      t.true(requests > 0);
      t.is(errors, 0);
      t.true(latencyMs!.p9999 >= latencyMs!.p50 && latencyMs!.p50 > 0);
      if (subject === 'direct') continue;
      t.true(cpu.byThread['data']! > 0 && cpu.perRequest >= cpu.byThread['data']!);
      t.true(memory.rssPeakBytes > 2 ** 20);
      t.true(records!.isBalanced, JSON.stringify(records));
      t.true(records!.found >= requests);
    }
    t.true(report.left.some((line) => line.startsWith('nginx: ')));
    t.true(report.left.some((line) => line.startsWith('wrk is not used')));
    t.regex(readFileSync(path.join(folder, 'page.html'), 'utf8'), /<html/);
    t.deepEqual(readdirSync(folder), ['page.html']);
  },
);

onLinux('an interrupted run ends all that it has started', async (t) => {
  const { child, folder, output } = await start(
    t,
    '--node-only',
    '--scenario=small-get',
    '--subject=tapline-store',
    '--seconds=50',
    '--repetitions=1',
  );
  // Application, gateway and generator.
  while (childrenOf(child.pid!).length < 3) {
    if (child.exitCode !== null) return t.fail(output().stderr);
    await delay(50);
  }
  const started = childrenOf(child.pid!);
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  t.is(code, 130);
  t.deepEqual(
    started.filter((pid) => existsSync(`/proc/${pid}`)),
    [],
  );
  t.deepEqual(readdirSync(folder), []);
});

test('what cannot be understood ends with 2 and says why', async (t) => {
  const { child, output } = await start(t, '--subject=apache');
  const [code] = (await once(child, 'close')) as [number];
  t.is(code, 2);
  t.regex(output().stderr, /--subject=apache: there is only direct, nginx/);
});

test('the help has examples', async (t) => {
  const { child, output } = await start(t, '--help');
  const [code] = (await once(child, 'close')) as [number];
  t.is(code, 0);
  t.regex(output().stdout, /Examples:[^]*--scenario=soak/);
});

import test from 'ava';
import { cpuBetween, cpuSnapshot, totalOf } from '../../../load-tests/measure/cpu-use.ts';
import { gatewayThread } from '../../../load-tests/subjects/gateway-thread.ts';

const thread = (name: string, nanoseconds: number, isFirst = false) => ({ name, nanoseconds, isFirst });

test('CPU time is summed by group; a new thread counts whole, one that has ended not at all', (t) => {
  const before = new Map([
    ['1.1', thread('node-MainThread', 1000, true)],
    ['1.2', thread('data-0', 5000)],
    ['1.3', thread('node-V8Worker', 7000)],
  ]);
  const after = new Map([
    ['1.1', thread('node-MainThread', 1500, true)],
    ['1.2', thread('data-0', 9000)],
    ['1.4', thread('data-1', 300)],
    ['1.5', thread('libuv-worker', 20)],
  ]);
  const used = cpuBetween(before, after, gatewayThread);
  t.deepEqual(used, { main: 500, data: 4300, pool: 20 });
  t.is(totalOf(used), 4820);
});

test('the threads of a gateway by their names', (t) => {
  t.is(gatewayThread('anything', true), 'main');
  t.is(gatewayThread('data-12', false), 'data');
  t.is(gatewayThread('node-V8Worker', false), 'v8');
  t.is(gatewayThread('DelayedTaskSche', false), 'v8');
  t.is(gatewayThread('libuv-worker', false), 'pool');
  t.is(gatewayThread('SignalInspector', false), 'other');
});

(process.platform === 'linux' ? test : test.skip)('the system tells what we have used', (t) => {
  const before = cpuSnapshot([process.pid]);
  const endMs = performance.now() + 50;
  while (performance.now() < endMs);
  const used = totalOf(cpuBetween(before, cpuSnapshot([process.pid]), () => 'all'));
  t.true(used > 1e6, `${used} ns`);
});

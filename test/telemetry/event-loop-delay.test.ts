import test from 'ava';
import { EventLoopDelay } from '../../src/telemetry/event-loop-delay.ts';

test('a loop that is held is late, as long as it was held', async (t) => {
  const delay = new EventLoopDelay();
  t.teardown(() => delay.stop());
  t.deepEqual(delay.seconds, { p50: 0, p99: 0, max: 0 }, 'nothing is known yet');
  const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
  await tick();
  const until = performance.now() + 400;
  while (performance.now() < until);
  await tick();
  const { p50, p99, max } = delay.seconds;
  t.true(p99 > 0.3, `${p99} s`);
  t.true(max >= p99 - 0.001 && p50 <= p99, JSON.stringify(delay.seconds));
});

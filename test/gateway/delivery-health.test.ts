import test from 'ava';
import { deliveryHealth } from '../../src/gateway/delivery-health.ts';

test('a sink is starting until its first try is over, whatever comes of it', (t) => {
  const sink = { name: 'elasticsearch', state: 'starting', reason: '', pendingBytes: 7, lagMs: 1500 };
  const facts = (reason: string, state = 'starting'): Parameters<typeof deliveryHealth>[0] => ({
    sinks: [{ ...sink, reason, state }],
    spoolBytes: 7,
    spoolLimitBytes: 100,
  });
  t.deepEqual(deliveryHealth(facts('')), {
    sinks: [
      {
        name: 'elasticsearch',
        state: 'starting',
        isStarting: true,
        reason: null,
        pendingBytes: 7,
        lagSeconds: 1.5,
      },
    ],
    spool: { usedBytes: 7, limitBytes: 100 },
  });
  t.like(deliveryHealth(facts('connection refused')).sinks[0], {
    isStarting: false,
    reason: 'connection refused',
  });
  t.like(deliveryHealth(facts('', 'running')).sinks[0], { isStarting: false, reason: null });
  t.deepEqual(deliveryHealth(null), { sinks: [], spool: null });
});

import test from 'ava';
import { LaneTrouble } from '../../../src/sinks/delivery/lane-trouble.ts';

test('a lane is in trouble from its first failure until it runs; its last error is not forgotten', (t) => {
  const trouble = new LaneTrouble(1000);
  t.is(trouble.sinceMs, 1000, 'it has not delivered yet');
  trouble.note({ kind: 'not-ready', reason: 'no such host', isPermanent: false }, 'starting', 2000);
  t.is(trouble.sinceMs, 1000);
  t.deepEqual(trouble.lastError, { message: 'no such host', atMs: 2000 });
  trouble.note({ kind: 'started' }, 'running', 3000);
  t.is(trouble.sinceMs, null);
  t.deepEqual(trouble.lastError, { message: 'no such host', atMs: 2000 });
  trouble.note({ kind: 'failed', reason: 'refused', retryAfterMs: null }, 'backing-off', 4000);
  trouble.note({ kind: 'blocked', reason: 'disk full' }, 'blocked', 5000);
  t.is(trouble.sinceMs, 4000);
  t.deepEqual(trouble.lastError, { message: 'disk full', atMs: 5000 });
  trouble.note({ kind: 'succeeded' }, 'running', 6000);
  trouble.noteError('refused for good: too-large: 413', 7000);
  t.is(trouble.sinceMs, null, 'that a record is refused stops nobody');
  t.like(trouble.lastError, { atMs: 7000 });
});

import fc from 'fast-check';
import test from 'ava';
import { durationLevel, durationShare } from '../../../../src/admin/ui/traffic/duration-scale.ts';

test('a bar grows by a fifth with each power of ten from 100 µs to 10 s', (t) => {
  for (const [index, nanoseconds] of [1e5, 1e6, 1e7, 1e8, 1e9, 1e10].entries())
    t.true(Math.abs(durationShare(nanoseconds) - index / 5) < 1e-9);
});

test('it never shrinks, and never leaves its room', (t) => {
  const duration = fc.double({ min: 0, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(duration, duration, (one, other) => {
      const [short, long] = [durationShare(Math.min(one, other)), durationShare(Math.max(one, other))];
      t.true(short >= 0 && short <= long && long <= 1);
    }),
  );
});

test('what takes a second is slow', (t) => {
  t.deepEqual([1e6, 250e6, 1e9].map(durationLevel), ['fast', 'noticed', 'slow']);
});

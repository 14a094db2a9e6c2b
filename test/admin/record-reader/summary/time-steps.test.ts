import test from 'ava';
import * as fc from 'fast-check';
import { timeSteps } from '../../../../src/admin/record-reader/summary/time-steps.ts';

test('steps are those that people count time in', (t) => {
  const step = (rangeMs: number, count = 120): number => timeSteps(1e12, 1e12 + rangeMs, count).stepMs;
  t.is(step(0), 1000);
  t.is(step(60_000), 1000);
  t.is(step(15 * 60_000), 10_000);
  t.is(step(3_600_000), 60_000);
  t.is(step(24 * 3_600_000), 15 * 60_000);
  t.is(step(7 * 24 * 3_600_000), 2 * 3_600_000);
});

test('they cover the range, and are no more than asked for', (t) => {
  const time = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.double({ min: -8e15, max: 8e15, noNaN: true }));
  fc.assert(
    fc.property(time, time, fc.integer({ min: 2, max: 500 }), (left, right, maxCount) => {
      const [from, to] = [Math.min(left, right), Math.max(left, right)];
      const { startMs, stepMs, count } = timeSteps(from, to, maxCount);
      return count >= 1 && count <= maxCount && startMs <= from && startMs + count * stepMs > to;
    }),
  );
  t.pass();
});

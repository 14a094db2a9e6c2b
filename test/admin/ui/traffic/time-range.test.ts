import fc from 'fast-check';
import test from 'ava';
import {
  ALL_TIMES,
  boundMs,
  isTimeRange,
  OFFERED_RANGES,
  rangeBetween,
} from '../../../../src/admin/ui/traffic/time-range.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

test('a bound is a time, or how long ago', (t) => {
  t.is(boundMs('-15m', NOW_MS), NOW_MS - 900_000);
  t.is(boundMs('2026-01-31T11:00:00Z', NOW_MS), NOW_MS - 3_600_000);
  t.is(boundMs('', NOW_MS), null);
  t.is(boundMs('-soon', NOW_MS), null);
  t.is(boundMs('yesterday', NOW_MS), null);
});

test('what is offered can be read; what is no time is told', (t) => {
  for (const { range } of OFFERED_RANGES) t.true(isTimeRange(range));
  t.true(isTimeRange(ALL_TIMES));
  t.false(isTimeRange({ since: 'yesterday', until: '' }));
  t.false(isTimeRange({ since: '', until: '-x' }));
});

test('a stretch can be drawn from either end, and holds both', (t) => {
  const time = fc.double({ min: 0, max: 4e12, noNaN: true });
  fc.assert(
    fc.property(time, time, (one, other) => {
      const { since, until } = rangeBetween(one, other);
      t.deepEqual(rangeBetween(other, one), { since, until });
      const from = boundMs(since, NOW_MS)!;
      const to = boundMs(until, NOW_MS)!;
      t.true(from < to && from <= Math.min(one, other) && to >= Math.max(one, other));
    }),
  );
});

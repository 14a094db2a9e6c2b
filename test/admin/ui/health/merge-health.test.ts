import test from 'ava';
import { isOther, mergeHealth, sinceOf } from '../../../../src/admin/ui/health/merge-health.ts';
import type { HistoryPart } from '../../../../src/telemetry/health-history.ts';
import { healthOf, NOW_MS, seriesOf } from './health-fixture.ts';

const partOf = (timesMs: readonly number[], ...series: HistoryPart['series'][number][]): HistoryPart => ({
  intervalMs: 5000,
  timesMs,
  series,
});

test('an increment goes on from what is known, and says the rest anew', (t) => {
  const known = healthOf({}, [seriesOf('requestRate', [1, 2, 3])]);
  t.is(sinceOf(null), null);
  t.is(sinceOf(known), NOW_MS);
  const now = healthOf({
    state: 'stopping',
    nowMs: NOW_MS + 5000,
    history: partOf([NOW_MS + 5000], seriesOf('requestRate', [4]), seriesOf('lagSeconds', [7], 'new')),
  });
  const merged = mergeHealth(known, now);
  t.is(merged.state, 'stopping');
  t.deepEqual(merged.history.timesMs, [NOW_MS - 10_000, NOW_MS - 5000, NOW_MS, NOW_MS + 5000]);
  t.deepEqual(merged.history.series, [
    seriesOf('requestRate', [1, 2, 3, 4]),
    seriesOf('lagSeconds', [null, null, null, 7], 'new'),
  ]);
  t.deepEqual(mergeHealth(merged, now).history, merged.history, 'the same again changes nothing');
  const empty = healthOf({ nowMs: NOW_MS + 6000, history: partOf([]) });
  t.deepEqual(mergeHealth(merged, empty).history, merged.history);
});

test('more than an hour is let go', (t) => {
  const known = healthOf({}, [seriesOf('requestRate', [1, 2])]);
  const atMs = NOW_MS + 3_600_000;
  const merged = mergeHealth(
    known,
    healthOf({ nowMs: atMs, history: partOf([atMs], seriesOf('requestRate', [9])) }),
  );
  t.deepEqual(merged.history.timesMs, [NOW_MS, atMs]);
  t.deepEqual(merged.history.series, [seriesOf('requestRate', [2, 9])]);
});

test('another process, or a clock that was set back, begins anew', (t) => {
  const known = healthOf({}, [seriesOf('requestRate', [1, 2])]);
  const other = healthOf({ startedMs: NOW_MS, nowMs: NOW_MS + 1 }, [seriesOf('requestRate', [7])]);
  t.true(isOther(known, other));
  t.is(mergeHealth(known, other), other);
  t.true(isOther(known, healthOf({ nowMs: NOW_MS - 1 })));
  t.false(isOther(known, healthOf({ nowMs: NOW_MS })));
});

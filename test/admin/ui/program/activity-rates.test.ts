import test from 'ava';
import { arrowWidth, shortRate, ratesOf } from '../../../../src/admin/ui/program/activity-rates.ts';
import type { ProgramActivity } from '../../../../src/gateway/program-activity.ts';

function reading(
  atMs: number,
  made: number,
  events: number,
  more: Partial<ProgramActivity> = {},
): ProgramActivity {
  const lastError = null;
  const filters = [{ key: 'a#0.0', name: 'dummy', events, errors: 0, lastError }];
  const pipelines = [{ key: 'a#0', file: 'a', name: 'main', made, active: 2, filters }];
  const stale = { programs: 0, sessions: 0 };
  return { generation: 1, atMs, silentThreads: [], connections: 2, stale, pipelines, ...more };
}

test('rates are differences by the seconds between', (t) => {
  const rates = ratesOf(reading(1000, 10, 100), reading(3000, 14, 500));
  t.is(rates.get('a#0')!.sessions, 2);
  t.is(rates.get('a#0')!.events, null);
  t.is(rates.get('a#0.0')!.sessions, 2);
  t.is(rates.get('a#0.0')!.events, 200);
  t.is(rates.get('a#0.0')!.active, 2);
});

test('what cannot be compared has no rate', (t) => {
  const rate = (before: ProgramActivity | null, now: ProgramActivity): number | null =>
    ratesOf(before, now).get('a#0.0')!.events;
  t.is(rate(null, reading(1000, 1, 1)), null);
  t.is(rate(reading(0, 1, 1), reading(1000, 2, 5, { generation: 2 })), null, 'another program');
  t.is(rate(reading(0, 1, 10), reading(1000, 2, 5)), null, 'a count that fell');
  t.is(rate(reading(0, 9, 1), reading(1000, 2, 5)), null, 'sessions that fell');
  t.is(rate(reading(1000, 1, 1), reading(1050, 2, 5)), null, 'too close');
  t.is(rate(reading(0, 1, 1, { pipelines: [] }), reading(1000, 2, 5)), null, 'not there before');
});

test('rates are short', (t) => {
  const shown = [0, 0.04, 0.44, 9.94, 9.96, 999.4, 999.6, 12_345, 999_499, 999_501, 12_345_678];
  t.deepEqual(shown.map(shortRate), [
    '0',
    '<0.1',
    '0.4',
    '9.9',
    '10',
    '999',
    '1k',
    '12.3k',
    '999k',
    '1M',
    '12.3M',
  ]);
});

test('arrows grow with what passes, and not without end', (t) => {
  t.is(arrowWidth(null), arrowWidth(0));
  t.true(arrowWidth(1) > arrowWidth(0));
  t.true(arrowWidth(1000) > arrowWidth(10));
  t.is(arrowWidth(1e12), 4.5);
});

import test from 'ava';
import type { HealthView } from '../../../../src/admin/api/health/health-view.ts';
import { spoolInWords } from '../../../../src/admin/ui/health/spool-in-words.ts';
import { spoolProjection } from '../../../../src/admin/ui/health/spool-projection.ts';
import { healthOf, NOW_MS, seriesOf, sinkOf } from './health-fixture.ts';

const spool = { usedBytes: 40_000, limitBytes: 100_000, giveUpBytes: 85_000 };
/** 1000 bytes a second over the last minute. */
const growing = Array.from({ length: 13 }, (_, index) => index * 5000);
const ill = sinkOf({ name: 'file', troubleSinceMs: NOW_MS, waitingBytes: 60_000 });

function viewOf(change: Partial<HealthView>, values: readonly (number | null)[] = growing): HealthView {
  return healthOf({ spool, ...change }, [seriesOf('pendingBytes', values, 'file')]);
}

test('where others take the records, the bound is where the oldest are given up', (t) => {
  const view = viewOf({ sinks: [sinkOf(), ill] });
  t.deepEqual(spoolProjection(view), { fill: 0.4, fullBytes: 85_000, growth: 1000, secondsLeft: 45 });
  t.is(
    spoolInWords(view),
    'What waits grows by 1000 B a second: full in 45 s, then the oldest are given up for sinks that lag.',
  );
});

test('where nobody takes them, it is the whole of the spool', (t) => {
  const view = viewOf({ sinks: [ill] });
  t.like(spoolProjection(view), { fullBytes: 100_000, secondsLeft: 60 });
  t.regex(spoolInWords(view), /full in 60 s, then records are lost\.$/);
  const full = viewOf({ sinks: [ill], spool: { ...spool, usedBytes: 100_000 } });
  t.is(spoolInWords(full), 'It is full: records are lost.');
});

test('it fills only where what waits grows', (t) => {
  const idle = viewOf(
    { sinks: [ill] },
    growing.map(() => 60_000),
  );
  t.like(spoolProjection(idle), { growth: 0, secondsLeft: null });
  t.is(spoolInWords(idle), 'What waits does not grow.');
  t.is(spoolInWords(viewOf({ sinks: [sinkOf({ name: 'file' })] })), 'Every sink has taken all of it.');
  t.is(spoolProjection(healthOf({ spool: null })), null);
  t.is(spoolInWords(healthOf({ spool: null })), '');
  const holes = viewOf({ sinks: [ill] }, [
    0,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    60_000,
  ]);
  t.is(spoolProjection(holes)!.growth, 1000, 'a hole takes nothing from what is known at its ends');
});

import test from 'ava';
import type { HealthView } from '../../../../src/admin/api/health/health-view.ts';
import { verdict, worstTone } from '../../../../src/admin/ui/health/verdict.ts';
import { healthOf, NOW_MS, seriesOf, sinkOf } from './health-fixture.ts';

const MiB = 1024 ** 2;
const minute = (value: number): number[] => Array.from({ length: 13 }, () => value);
const headline = (view: HealthView): string => verdict(view)[0]!.text;
const texts = (view: HealthView): string[] => verdict(view).map(({ tone, text }) => `${tone}: ${text}`);

test('all is delivered', (t) => {
  t.deepEqual(texts(healthOf({}, [seriesOf('requestRate', minute(12.5))])), [
    'good: All records are delivered, at 12.5 requests a second.',
  ]);
  t.is(
    headline(healthOf({}, [seriesOf('requestRate', minute(0))])),
    'All records are delivered, and no request comes now.',
  );
  t.is(headline(healthOf()), 'All records are delivered.');
});

test('a sink that takes nothing is the headline: since when, why, what waits, and for how long there is room', (t) => {
  const waiting = Array.from({ length: 13 }, (_, index) => (index + 1) * 0.1 * MiB);
  const ill = sinkOf({
    name: 'elasticsearch',
    state: 'backing-off',
    reason: 'connection refused.',
    troubleSinceMs: new Date(2026, 0, 31, 14, 2, 5).getTime(),
    waitingBytes: 1.3 * MiB,
    lagSeconds: 65,
  });
  const view = healthOf({ sinks: [sinkOf(), ill] }, [seriesOf('pendingBytes', waiting, 'elasticsearch')]);
  const [first, ...rest] = verdict(view);
  t.is(
    first!.text,
    'Elasticsearch is not taking records since 14:02: connection refused; 1.3 MiB wait in the spool, room for 12 h at this rate.',
  );
  t.is(first!.gist, 'Elasticsearch is not taking records since 14:02.');
  t.is(first!.tone, 'alarm');
  t.deepEqual(rest, [], 'nothing else is said to be well');
  const idle = sinkOf({ ...ill, waitingBytes: 0, lagSeconds: 0, reason: null });
  t.is(
    headline(healthOf({ sinks: [idle] })),
    'Elasticsearch is not taking records since 14:02; no record waits yet.',
  );
});

test('a sink that is being started is no alarm, one that cannot start is', (t) => {
  const starting = sinkOf({ state: 'starting', isStarting: true, troubleSinceMs: NOW_MS });
  t.is(worstTone(verdict(healthOf({ sinks: [starting] }))), 'note');
  const failed = sinkOf({ ...starting, isStarting: false, reason: 'no such host' });
  t.is(worstTone(verdict(healthOf({ sinks: [failed] }))), 'alarm');
});

test('a sink that answers, but too slowly, is behind', (t) => {
  const late = sinkOf({ name: 'otlp-logs', waitingBytes: 3 * MiB, lagSeconds: 42 });
  t.deepEqual(texts(healthOf({ sinks: [late] })), [
    'warning: The OTLP receiver of logs is behind: its oldest record has waited 42 s; 3 MiB wait in the spool.',
  ]);
  t.deepEqual(
    worstTone(verdict(healthOf({ sinks: [sinkOf({ waitingBytes: 500, lagSeconds: 1 })] }))),
    'good',
  );
});

test('what is lost is never said to be delivered', (t) => {
  const { totals } = healthOf();
  const lost = { totals: { ...totals, recordsDropped: { 'spool-full': 1200, 'disk-error': 0 } } };
  const now = healthOf(lost, [seriesOf('droppedRate', [0, 5, 20])]);
  t.is(
    headline(now),
    'Records are being lost: 1,200 records since the start (spool-full); gap records say which.',
  );
  t.is(verdict(now)[0]!.tone, 'alarm');
  const once = healthOf(lost, [seriesOf('droppedRate', minute(0))]);
  t.deepEqual(texts(once), [
    'warning: Records were lost: 1,200 records since the start (spool-full), none in the last minute; gap records say which.',
    'good: What there is of records is delivered.',
  ]);
  const refused = texts(healthOf({ sinks: [sinkOf({ deadLetters: 1, givenUp: 7, rejected: 2 })] }));
  t.deepEqual(refused, [
    'warning: Records were given up for the store: 7 records, because the spool was full; others have them (tapline verify).',
    'warning: The store refused records for good: 1 dead letter (tapline dead-letters list).',
    'warning: The store rejected records without saying which: 2 records.',
    'good: What there is of records is delivered.',
  ]);
});

test('without records it says why there are none', (t) => {
  const { totals } = healthOf();
  const none = { sinks: [], spool: null, totals: { ...totals, requests: null } };
  t.regex(headline(healthOf({ ...none, recording: 'none' })), /^This script makes no records/);
  t.regex(headline(healthOf({ ...none, recording: 'off' })), /^Capture is off/);
  t.is(headline(healthOf({ ...none, recording: 'unknown', state: 'starting' })), 'The gateway is starting.');
  t.is(
    headline(healthOf({ totals: { ...totals, requests: 0 } })),
    'All is well, and nothing has come yet: records appear with the first request.',
  );
});

test('threads, spool and failing requests', (t) => {
  const { threads } = healthOf();
  const [main, data] = threads as [(typeof threads)[0], (typeof threads)[0]];
  t.is(
    headline(healthOf({ threads: [main, { ...data, isAlive: false }] })),
    'Data thread data-0 has ended: the log says why; restart the gateway.',
  );
  t.regex(
    headline(healthOf({ threads: [main, { ...data, busyShare: 0.98 }] })),
    /^Thread data-0 has no time left: it works 98 %/,
  );
  const late = { p50Seconds: 0, p99Seconds: 0.4, maxSeconds: 1 };
  t.regex(
    headline(healthOf({ threads: [{ ...main, loopDelay: late }, data] })),
    /^Thread main is late: .*400 ms/,
  );
  t.regex(
    headline(healthOf({ spool: { usedBytes: 90 * MiB, limitBytes: 100 * MiB, giveUpBytes: 85 * MiB } })),
    /^The spool is nearly full: 90 MiB of 100 MiB/,
  );
  t.regex(
    headline(healthOf({}, [seriesOf('requestRate', minute(10)), seriesOf('errorRate', minute(2))])),
    /^Requests fail: 20 % of those of the last minute/,
  );
  t.is(
    worstTone(
      verdict(healthOf({}, [seriesOf('requestRate', minute(10)), seriesOf('errorRate', minute(0.1))])),
    ),
    'good',
  );
});

test('a run that ended without a word is told of before it is said that all is well', (t) => {
  const crashHeardOfMs = new Date(2026, 0, 31, 14, 2, 5).getTime();
  t.deepEqual(texts(healthOf({ crashHeardOfMs })), [
    'note: The run before this one ended without a word, last heard of at 14:02: records of its last moments may be missing; tapline verify says how many at most.',
    'good: All records are delivered.',
  ]);
});

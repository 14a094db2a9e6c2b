import test from 'ava';
import { rssAfterOverAfterFirstMinute } from '../../../load-tests/measure/rss-over-time.ts';

test('the end of ten minutes is compared with the end of the first', (t) => {
  const series = Array.from({ length: 1201 }, (_, index) => {
    const second = index / 2;
    return [second, second < 60 ? 50 : second < 300 ? 100 : 120, null] as const;
  });
  t.is(rssAfterOverAfterFirstMinute(series), 1.2);
});

test('no samples, no ratio', (t) => {
  t.is(rssAfterOverAfterFirstMinute([]), null);
});

import test from 'ava';
import { latencyOf, PERCENTILES } from '../../../load-tests/generators/percentiles.ts';

test('the percentiles that are asked for rise from 0 to 100, with those that a report shows', (t) => {
  t.deepEqual(
    PERCENTILES,
    PERCENTILES.toSorted((left, right) => left - right),
  );
  t.is(new Set(PERCENTILES).size, PERCENTILES.length);
  t.is(PERCENTILES[0], 0);
  t.is(PERCENTILES.at(-1), 100);
  t.true(PERCENTILES.length <= 200, 'as many points as a curve may have');
  for (const one of [50, 90, 99, 99.9, 99.99]) t.true(PERCENTILES.includes(one), `${one}`);
});

test('a percentile between two points lies on the line between them', (t) => {
  const latency = latencyOf([
    [0, 0],
    [40, 4],
    [60, 8],
    [100, 10],
  ])!;
  t.is(latency.p50, 6);
  t.is(latency.p90, 9.5);
  t.is(latency.max, 10);
});

test('no curve is no latency', (t) => {
  t.is(latencyOf([]), null);
});

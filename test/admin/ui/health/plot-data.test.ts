import test from 'ava';
import fc from 'fast-check';
import {
  axisTop,
  fittingWindow,
  hasValues,
  lineOf,
  lonelyPlaces,
  plotInWords,
  WINDOW_MINUTES,
} from '../../../../src/admin/ui/health/plot-data.ts';
import { latestOf, meanOf, slopeOf, valuesOf } from '../../../../src/admin/ui/health/series-of.ts';
import { BYTES, COUNT, MILLISECONDS, RATE, SECONDS } from '../../../../src/admin/ui/health/units.ts';
import { healthOf, NOW_MS, seriesOf } from './health-fixture.ts';

const { history } = healthOf({}, [
  seriesOf('requestRate', [1, null, 3, null, 5, 6]),
  seriesOf('pendingBytes', [null, null, null, null, null, null], 'store'),
]);

test('a series that nobody told of is one of nothing', (t) => {
  t.deepEqual(valuesOf(history, 'requestRate'), [1, null, 3, null, 5, 6]);
  t.deepEqual(valuesOf(history, 'requestRate', 'store'), [null, null, null, null, null, null]);
  t.is(latestOf(history, 'requestRate'), 6);
  t.is(latestOf(history, 'errorRate'), null);
});

test('means and slopes are of what is known', (t) => {
  t.is(meanOf(history, 'requestRate', 10_000), 5.5);
  t.is(meanOf(history, 'requestRate', 60_000), 3.75);
  t.is(meanOf(history, 'pendingBytes', 60_000, 'store'), null);
  t.is(slopeOf(history, 'requestRate', 60_000), 0.2);
  t.is(slopeOf(history, 'requestRate', 4000), null, 'of one value there is none');
});

test('where a line has nothing to draw there is a point', (t) => {
  t.deepEqual(lonelyPlaces([1, null, 3, null, 5, 6]), [0, 2]);
  t.deepEqual(lonelyPlaces([null, undefined]), []);
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat())), (values) => {
      const lonely = new Set(lonelyPlaces(values));
      return values.every((value, index) => {
        const isDrawn =
          value !== null && ((values[index - 1] ?? null) !== null || (values[index + 1] ?? null) !== null);
        return value === null ? !lonely.has(index) : lonely.has(index) !== isDrawn;
      });
    }),
  );
});

test('what a plot shows is said in a sentence', (t) => {
  const line = lineOf(history, { name: 'requestRate' }, { title: 'all', unit: RATE, index: 0 });
  const none = lineOf(history, { name: 'errorRate' }, { title: 'errors', unit: RATE, index: 1 });
  t.is(
    plotInWords(history.timesMs, [line, none], 5),
    'Over the last 5 minutes. all: 6/s now, at most 6/s at 14:30. errors: nothing is known.',
  );
  t.true(hasValues(history.timesMs, [line, none], 5));
  t.false(hasValues(history.timesMs, [none], 5));
  t.notDeepEqual(line.dash, none.dash, 'told apart without colour');
});

test('the window fits what is known', (t) => {
  t.is(fittingWindow([]), 5);
  t.is(fittingWindow([NOW_MS - 300_000, NOW_MS]), 5);
  t.is(fittingWindow([NOW_MS - 300_001, NOW_MS]), 15);
  t.is(fittingWindow([NOW_MS - 3_700_000, NOW_MS]), 60);
  t.deepEqual([...WINDOW_MINUTES], [5, 15, 60]);
});

test('axes begin at 0 and hold the highest value', (t) => {
  t.is(axisTop(null, RATE), 1);
  t.is(axisTop(0.001, RATE), 1);
  t.true(axisTop(100, RATE) > 100);
  for (const unit of [RATE, BYTES, MILLISECONDS, SECONDS, COUNT])
    t.deepEqual(
      [...unit.steps],
      unit.steps.toSorted((left, right) => left - right),
    );
});

test('values as they are read', (t) => {
  t.is(RATE.format(0), '0/s');
  t.is(RATE.format(0.004), '< 0.01/s');
  t.is(RATE.format(0.25), '0.25/s');
  t.is(RATE.format(12.34), '12.3/s');
  t.is(RATE.format(12_345), '12,345/s');
  t.is(MILLISECONDS.format(0), '0');
  t.is(MILLISECONDS.format(1.5), '1.5 ms');
  t.is(SECONDS.format(0.004), '4 ms');
});

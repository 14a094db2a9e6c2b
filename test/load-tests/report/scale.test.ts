import test from 'ava';
import * as fc from 'fast-check';
import { linearScale, logScale, percentileScale } from '../../../load-tests/report/scale.ts';

const TICKS = { min: 2, max: 12 };

test('a linear scale has round marks within its range', (t) => {
  const scale = linearScale([0, 137], [50, 330], 5);
  t.deepEqual(
    scale.ticks.map(([, label]) => label),
    ['0', '50', '100'],
  );
  t.is(scale.at(0), 50);
  t.is(scale.at(137), 330);
  t.is(linearScale([-1, 3], [0, 100], 4).at(0), 25);
});

test('a log scale puts equal ratios at equal distances', (t) => {
  const scale = logScale([0.5, 50], [250, 20]);
  t.deepEqual(
    scale.ticks.map(([value]) => value),
    [0.5, 1, 2, 5, 10, 20, 50],
  );
  t.true(Math.abs(scale.at(5) - 135) < 1e-9);
});

test('percentiles are as far apart as their rests differ, up to 99.99', (t) => {
  const { at, ticks } = percentileScale([0, 400]);
  t.deepEqual(
    ticks.map(([, label]) => label),
    ['0', '50', '90', '99', '99.9', '99.99'],
  );
  t.deepEqual([0, 90, 99, 99.9, 99.99, 100].map(at).map(Math.round), [0, 100, 200, 300, 400, 400]);
});

test('whatever the range, marks are few, ascending and inside', (t) => {
  const range = fc
    .tuple(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), fc.double({ min: 1.001, max: 1e4, noNaN: true }))
    .map(([low, times]): [number, number] => [low, low * times]);
  fc.assert(
    fc.property(range, ([low, high]) => {
      for (const scale of [linearScale([0, high], [10, 110], 5), logScale([low, high], [10, 110])]) {
        const places = scale.ticks.map(([value]) => scale.at(value));
        t.true(places.length <= TICKS.max, `${places.length} marks of ${low} to ${high}`);
        t.deepEqual(
          places,
          places.toSorted((left, right) => left - right),
        );
        t.true(
          places.every((place) => place > 9.9 && place < 110.1),
          places.join(' '),
        );
      }
      t.true(linearScale([0, high], [10, 110], 5).ticks.length >= TICKS.min);
    }),
  );
});

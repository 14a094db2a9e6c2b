import test from 'ava';
import { byteSize, durationMs } from '../../src/core/quantity.ts';

test('durations: seconds without a unit, units in any case, malformed is null', (t) => {
  t.deepEqual(
    [1.5, '2', '250ms', '1.5m', '2H', '1d', 0].map(durationMs),
    [1500, 2000, 250, 90_000, 7_200_000, 86_400_000, 0],
  );
  t.deepEqual(['', 'soon', '1w', '-1s', -1, Number.NaN, null].map(durationMs), Array(7).fill(null));
});

test('byte sizes: powers of 1024, fractions, an optional b', (t) => {
  t.deepEqual(
    [10, '10', '1.5k', '64kb', '2M', '1g'].map(byteSize),
    [10, 10, 1536, 65_536, 2_097_152, 1_073_741_824],
  );
  t.deepEqual(['', 'k', '1x', -1, null].map(byteSize), Array(5).fill(null));
});

import test from 'ava';
import * as fc from 'fast-check';
import {
  LATENCY_INDEXES,
  latencyIndex,
  latencyOf,
} from '../../../../src/admin/record-reader/summary/latency-scale.ts';

const duration = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(1000),
  fc.nat(53).map((bits) => 2 ** bits - 1),
);

test('what is read from the scale is off by 5 % at most', (t) => {
  fc.assert(
    fc.property(duration, (ns) => {
      const index = latencyIndex(ns);
      return (
        Number.isInteger(index) &&
        index >= 0 &&
        index < LATENCY_INDEXES &&
        Math.abs(latencyOf(index) - ns) <= 0.05 * ns
      );
    }),
  );
  t.pass();
});

test('longer is never lower', (t) => {
  fc.assert(
    fc.property(duration, duration, (left, right) =>
      left <= right ? latencyIndex(left) <= latencyIndex(right) : latencyIndex(left) >= latencyIndex(right),
    ),
  );
  t.pass();
});

test('what is no whole or no sensible number has a place all the same', (t) => {
  for (const ns of [0.4, 1e300, Infinity]) t.true(latencyIndex(ns) < LATENCY_INDEXES, String(ns));
});

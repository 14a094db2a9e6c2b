import type { Latency } from '../measurement.ts';

/** Those that are asked of a generator: every one, then ever nearer to the end. Rising, from 0 to 100. */
export const PERCENTILES: readonly number[] = [
  ...Array.from({ length: 100 }, (_, index) => index),
  ...[
    { from: 99, step: 0.1 },
    { from: 99.9, step: 0.01 },
    { from: 99.99, step: 0.001 },
  ].flatMap(({ from, step }) => Array.from({ length: 9 }, (_, index) => round(from + (index + 1) * step))),
  100,
];

/** A latency of its curve: percentile and milliseconds, rising; to a microsecond. Null of an empty one. */
export function latencyOf(curve: readonly (readonly [number, number])[]): Latency | null {
  if (curve.length === 0) return null;
  const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;
  return {
    p50: toMicroseconds(at(curve, 50)),
    p90: toMicroseconds(at(curve, 90)),
    p99: toMicroseconds(at(curve, 99)),
    p999: toMicroseconds(at(curve, 99.9)),
    p9999: toMicroseconds(at(curve, 99.99)),
    max: toMicroseconds(curve.at(-1)![1]),
    curve: curve.map(([percentile, ms]) => [percentile, toMicroseconds(ms)]),
  };
}

/** The value at a percentile, straight between the two points around it. */
function at(curve: readonly (readonly [number, number])[], percentile: number): number {
  const index = curve.findIndex(([one]) => one >= percentile);
  if (index <= 0) return (index === 0 ? curve[0] : curve.at(-1))![1];
  const [lower, from] = curve[index - 1]!;
  const [upper, to] = curve[index]!;
  return lower === upper ? to : from + ((to - from) * (percentile - lower)) / (upper - lower);
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

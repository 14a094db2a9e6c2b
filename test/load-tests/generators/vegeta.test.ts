import test from 'ava';
import { readVegetaResult } from '../../../load-tests/generators/vegeta.ts';

const JSON_REPORT = JSON.stringify({
  latencies: { max: 9_000_000 },
  requests: 1000,
  duration: 999_000_000,
  status_codes: { 0: 1, 200: 990, 302: 2, 404: 3, 502: 4 },
});
const HDRPLOT = `Value(ms)  Percentile  TotalCount  1/(1-Percentile)
0.112607   0.000000    0           1.000000
0.200000   0.500000    500         2.000000
0.400000   0.900000    900         10.000000
2.000000   0.990000    990         100.000000
4.000000   0.999000    999         1000.000000
8.000000   0.999900    1000        10000.000000
8.500000   1.000000    1000        10000000.000000
`;

test('the reports of vegeta become a result', (t) => {
  const result = readVegetaResult(JSON_REPORT, HDRPLOT);
  t.is(result.requests, 1000);
  t.is(result.errors, 8, 'without an answer, 404 and 502');
  t.is(result.seconds, 0.999);
  const { p50, p90, p99, p999, p9999, max, curve } = result.latencyMs!;
  t.deepEqual([p50, p90, p99, p999, p9999, max], [0.2, 0.4, 2, 4, 8, 9]);
  t.deepEqual(curve[0], [0, 0.113]);
  t.deepEqual(curve.at(-1), [100, 9]);
});

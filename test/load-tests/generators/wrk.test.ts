import test from 'ava';
import { readWrkResult } from '../../../load-tests/generators/wrk.ts';

const OUTPUT = `Running 2s test @ http://127.0.0.1:1/json/32
  1 threads and 50 connections
  9067 requests in 2.00s, 1.73MB read
Requests/sec:   4533.50

RESULT {"requests":9067,"microseconds":2001000,"connect":1,"read":2,"write":3,"status":4,"timeout":5,"curve":[[0,0.5],[50,10],[90,20],[99,30],[99.9,40],[99.99,50],[100,60]]}
`;

test('the result of wrk is read out of what it prints', (t) => {
  const result = readWrkResult(OUTPUT, { connections: 50, pipelined: 1 });
  t.is(result.requests, 9067);
  t.is(result.errors, 15);
  t.is(result.seconds, 2.001);
  t.is(result.mayBeCut, 50);
  const { p50, p90, p99, p999, p9999, max } = result.latencyMs!;
  t.deepEqual([p50, p90, p99, p999, p9999, max], [10, 20, 30, 40, 50, 60]);
});

test('of requests sent at once wrk knows no latency, and cuts off whole lots', (t) => {
  const result = readWrkResult(OUTPUT, { connections: 50, pipelined: 8 });
  t.is(result.latencyMs, null);
  t.is(result.mayBeCut, 400);
});

test('no request has no latency', (t) => {
  const nothing = OUTPUT.replace('"requests":9067', '"requests":0');
  t.is(readWrkResult(nothing, { connections: 1, pipelined: 1 }).latencyMs, null);
});

test('output without a result is an error that shows it', (t) => {
  t.throws(() => readWrkResult('unable to connect to 127.0.0.1:1', { connections: 1, pipelined: 1 }), {
    message: /no result: unable to connect/,
  });
});

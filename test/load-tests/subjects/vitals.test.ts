import test from 'ava';
import { collectionPauses, readVitals } from '../../../load-tests/subjects/vitals.ts';

const DELAY = `nodejs_eventloop_delay_p99_seconds{tapline_thread="main"} 0.5
nodejs_eventloop_delay_p99_seconds{tapline_thread="data-0"} 0.002
nodejs_eventloop_delay_p99_seconds{tapline_thread="data-1"} 0.003
`;
const collections = (small: number, all: number, seconds: number): string =>
  `v8js_gc_duration_seconds_bucket{tapline_thread="data-0",v8js_gc_type="minor",le="0.01"} ${small}
v8js_gc_duration_seconds_bucket{tapline_thread="data-0",v8js_gc_type="minor",le="0.1"} ${all}
v8js_gc_duration_seconds_bucket{tapline_thread="data-0",v8js_gc_type="minor",le="+Inf"} ${all}
v8js_gc_duration_seconds_sum{tapline_thread="data-0",v8js_gc_type="minor"} ${seconds}
v8js_gc_duration_seconds_count{tapline_thread="data-0",v8js_gc_type="minor"} ${all}
v8js_gc_duration_seconds_count{tapline_thread="main",v8js_gc_type="minor"} 1000
`;

test('the delay of the data thread that is latest is told', (t) => {
  t.deepEqual(readVitals(DELAY).eventLoopDelayMs, { p50: null, p99: 3, max: null });
});

test('pauses are those between two looks, the longest as the bound of its bucket', (t) => {
  const [before, after] = [readVitals(collections(10, 11, 0.1)), readVitals(collections(14, 16, 0.2))];
  t.deepEqual(collectionPauses(before, after), { count: 5, totalMs: 100, maxMs: 100 });
  t.deepEqual(collectionPauses(before, readVitals(collections(12, 13, 0.15)))!.maxMs, 10);
  t.deepEqual(collectionPauses(before, before), { count: 0, totalMs: 0, maxMs: 0 });
});

test('a gateway that tells nothing has nothing', (t) => {
  t.deepEqual(readVitals(''), { eventLoopDelayMs: null, collections: null });
  t.is(collectionPauses(readVitals(''), readVitals('')), null);
  t.is(collectionPauses(null, null), null);
});

import test from 'ava';
import fc from 'fast-check';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/prometheus-name.ts';
import { prometheusText } from '../../src/telemetry/prometheus-text.ts';
import { parsePrometheusText } from '../support/prometheus-text.ts';

test('a page as Prometheus reads it', (t) => {
  const registry = new MetricRegistry();
  registry.metric(METRICS.sinkDelivered).add(3, { 'tapline.sink': 'store' });
  registry.metric(METRICS.spoolBytes).set(1.5);
  const durations = registry.metric(METRICS.sinkRequestDuration);
  for (const seconds of [0.004, 0.005, 0.7, 61]) durations.record(seconds, { 'tapline.sink': 'store' });
  t.is(
    prometheusText(registry.collect()),
    `# HELP tapline_sink_delivered_total Records that a sink has taken.
# TYPE tapline_sink_delivered_total counter
tapline_sink_delivered_total{tapline_sink="store"} 3
# HELP tapline_spool_size_bytes Bytes of records on disk that some sink has not taken yet.
# TYPE tapline_spool_size_bytes gauge
tapline_spool_size_bytes 1.5
# HELP tapline_sink_request_duration_seconds From sending a batch to its answer.
# TYPE tapline_sink_request_duration_seconds histogram
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.005"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.01"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.025"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.05"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.1"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.25"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="0.5"} 2
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="1"} 3
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="2.5"} 3
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="5"} 3
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="10"} 3
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="30"} 3
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="60"} 3
tapline_sink_request_duration_seconds_bucket{tapline_sink="store",le="+Inf"} 4
tapline_sink_request_duration_seconds_sum{tapline_sink="store"} 61.709
tapline_sink_request_duration_seconds_count{tapline_sink="store"} 4
`,
  );
});

test('names as the OTLP receiver of Prometheus makes them', (t) => {
  const name = (dotted: string, kind: 'counter' | 'gauge' | 'histogram', unit: string): string =>
    prometheusName({ name: dotted, kind, unit });
  t.is(name('http.server.request.duration', 'histogram', 's'), 'http_server_request_duration_seconds');
  t.is(name('process.cpu.time', 'counter', 's'), 'process_cpu_time_seconds_total');
  t.is(name('process.memory.usage', 'gauge', 'By'), 'process_memory_usage_bytes');
  t.is(name('tapline.records.accepted', 'counter', '{record}'), 'tapline_records_accepted_total');
  t.is(name('cache.hits', 'gauge', '1'), 'cache_hits_ratio');
  t.is(prometheusLabel('http.response.status_code'), 'http_response_status_code');
});

test('no two metrics get one name', (t) => {
  const names = Object.values(METRICS).map((declaration) => prometheusName(declaration));
  t.is(new Set(names).size, names.length);
});

test('whatever the attributes are, they come back from the page as they were', (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 20 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (values, value) => {
        const registry = new MetricRegistry();
        const metric = registry.metric(METRICS.sinkPendingBytes);
        for (const sink of values) metric.set(value, { 'tapline.sink': sink });
        const page = prometheusText(registry.collect());
        if (values.length === 0) return page === '';
        const { samples } = parsePrometheusText(page);
        t.deepEqual(
          samples.map(({ labels }) => labels['tapline_sink']),
          values,
        );
        return samples.every((sample) => sample.value === value);
      },
    ),
  );
});

test('a lone surrogate, which has no UTF-8, does not spoil the page', (t) => {
  const registry = new MetricRegistry();
  registry.metric(METRICS.sinkDelivered).add(1, { 'tapline.sink': 'a\ud800b' });
  const page = prometheusText(registry.collect());
  t.is(Buffer.from(page).toString(), page);
  t.true(page.includes('tapline_sink="a\ufffdb"'));
});

test('help is one line', (t) => {
  const declaration = { ...METRICS.spoolBytes, description: 'one\\two\nthree' };
  const page = prometheusText([
    { declaration, series: [{ attributes: {}, value: 1, counts: null, sum: 0 }] },
  ]);
  t.is(page.split('\n')[0], '# HELP tapline_spool_size_bytes one\\\\two\\nthree');
  t.is(parsePrometheusText(page).help.get('tapline_spool_size_bytes'), 'one\\two\nthree');
});

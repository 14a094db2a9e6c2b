import test from 'ava';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/prometheus-name.ts';

// test/dashboards/grafana.test.ts asks a real Prometheus for the name of every declared metric.

test('dots become underscores; unit and total are appended once', (t) => {
  t.is(prometheusName(METRICS.requestDuration), 'http_server_request_duration_seconds');
  t.is(prometheusName(METRICS.cpuTime), 'process_cpu_time_seconds_total');
  t.is(prometheusName(METRICS.spoolBytes), 'tapline_spool_size_bytes');
  t.is(prometheusName(METRICS.recordsDropped), 'tapline_records_dropped_total');
  t.is(prometheusName({ name: 'a.bytes.total.read', kind: 'counter', unit: 'By' }), 'a_bytes_read_total');
});

test('the names of all metrics differ, and Prometheus allows them', (t) => {
  const names = Object.values(METRICS).map(prometheusName);
  t.is(new Set(names).size, names.length);
  for (const name of names) t.regex(name, /^[a-z][a-z0-9_]*$/);
});

test('attributes become labels', (t) => {
  t.is(prometheusLabel('http.response.status_code'), 'http_response_status_code');
  t.is(prometheusLabel('9lives'), 'key_9lives');
});

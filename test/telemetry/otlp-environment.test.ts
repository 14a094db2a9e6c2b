import test from 'ava';
import { isSentByOtlp, metricsProtocol, metricsTiming } from '../../src/telemetry/otlp-environment.ts';

const ENDPOINT = 'http://127.0.0.1:4318';

test('a signal is sent where an endpoint is named for it or for all', (t) => {
  t.false(isSentByOtlp('metrics', {}));
  t.false(isSentByOtlp('metrics', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }), 'empty counts as unset');
  t.true(isSentByOtlp('metrics', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }));
  const own = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: ENDPOINT };
  t.true(isSentByOtlp('metrics', own));
  t.false(isSentByOtlp('traces', own), 'spans do not go to where nobody sent them');
  t.false(isSentByOtlp('metrics', { ...own, OTEL_METRICS_EXPORTER: 'none' }));
  t.false(isSentByOtlp('metrics', { ...own, OTEL_METRICS_EXPORTER: 'prometheus' }));
  t.true(isSentByOtlp('metrics', { ...own, OTEL_METRICS_EXPORTER: 'console, otlp' }));
  t.true(isSentByOtlp('metrics', { ...own, OTEL_METRICS_EXPORTER: '' }));
  t.false(isSentByOtlp('metrics', { ...own, OTEL_SDK_DISABLED: 'TRUE' }));
  t.true(isSentByOtlp('metrics', { ...own, OTEL_SDK_DISABLED: 'false' }));
});

test('the protocol of metrics before that of all', (t) => {
  t.is(metricsProtocol({}), 'http/protobuf');
  t.is(metricsProtocol({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), 'grpc');
  t.is(
    metricsProtocol({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
    }),
    'http/json',
  );
  t.is(metricsProtocol({ OTEL_EXPORTER_OTLP_PROTOCOL: 'pigeon' }), 'http/protobuf');
});

test('an export never takes longer than the time to the next', (t) => {
  t.deepEqual(metricsTiming({}), { intervalMs: 60_000, timeoutMs: 30_000 });
  t.deepEqual(metricsTiming({ OTEL_METRIC_EXPORT_INTERVAL: '500' }), { intervalMs: 500, timeoutMs: 500 });
  t.deepEqual(metricsTiming({ OTEL_METRIC_EXPORT_INTERVAL: '5000', OTEL_METRIC_EXPORT_TIMEOUT: '100' }), {
    intervalMs: 5000,
    timeoutMs: 100,
  });
  for (const nonsense of ['0', '-1', 'soon', '', '1e12'])
    t.is(metricsTiming({ OTEL_METRIC_EXPORT_INTERVAL: nonsense }).intervalMs, 60_000, nonsense);
});

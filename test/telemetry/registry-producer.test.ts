import { ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import test from 'ava';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { RegistryProducer } from '../../src/telemetry/registry-producer.ts';

const SCOPE = { name: 'tapline', version: '1' };

test('all kinds of metrics, cumulative since the start', async (t) => {
  const registry = new MetricRegistry();
  registry.metric(METRICS.recordsAccepted).add(3);
  registry.metric(METRICS.sinkLag).set(1.5, { 'tapline.sink': 'store' });
  registry.metric(METRICS.spoolBytes).set(10);
  registry.metric(METRICS.requestDuration).record(0.3, { 'http.response.status_code': '200' });
  registry.metric(METRICS.sinkDelivered);
  const { resourceMetrics, errors } = await new RegistryProducer(
    () => registry.collect(),
    SCOPE,
    1_700_000_000_250,
  ).collect();
  t.deepEqual(errors, []);
  const [{ scope, metrics } = t.fail('no scope') as never] = resourceMetrics.scopeMetrics;
  t.deepEqual(scope, SCOPE);
  t.deepEqual(
    metrics.map(({ descriptor, dataPointType }) => [descriptor.name, dataPointType, descriptor.valueType]),
    [
      ['tapline.records.accepted', DataPointType.SUM, ValueType.INT],
      ['tapline.sink.lag', DataPointType.GAUGE, ValueType.DOUBLE],
      ['tapline.spool.size', DataPointType.SUM, ValueType.INT],
      ['http.server.request.duration', DataPointType.HISTOGRAM, ValueType.DOUBLE],
    ],
    'a metric that nobody has touched is not sent',
  );
  for (const { aggregationTemporality, dataPoints } of metrics) {
    t.is(aggregationTemporality, AggregationTemporality.CUMULATIVE);
    t.deepEqual(dataPoints[0]!.startTime, [1_700_000_000, 250_000_000]);
  }
  t.like(metrics[0], { isMonotonic: true });
  t.like(metrics[2], { isMonotonic: false });
  const [point] = metrics[3]!.dataPoints;
  t.deepEqual(point!.attributes, { 'http.response.status_code': 200 });
  t.deepEqual(point!.value, {
    buckets: {
      boundaries: [...METRICS.requestDuration.buckets],
      counts: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    },
    sum: 0.3,
    count: 1,
  });
});

test('without anything counted nothing is sent', async (t) => {
  const { resourceMetrics } = await new RegistryProducer(() => [], SCOPE, 0).collect();
  t.deepEqual(resourceMetrics.scopeMetrics, []);
});

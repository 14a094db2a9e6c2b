import { type Attributes as OtelAttributes, type HrTime, ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { NUMBER_ATTRIBUTES } from './metric-declarations.ts';
import type { Attributes, MetricSnapshot, Series } from './metric.ts';

/** Who says it. */
export interface Scope {
  readonly name: string;
  readonly version: string;
}

/**
 * Gives the SDK what the gateway counted, as it stands: all totals are since the start of the process (cumulative), so an export that fails takes
 * nothing along.
 */
export class RegistryProducer implements MetricProducer {
  readonly #collect: () => readonly MetricSnapshot[];
  readonly #scope: Scope;
  readonly #startTime: HrTime;

  constructor(collect: () => readonly MetricSnapshot[], scope: Scope, startMs: number) {
    this.#collect = collect;
    this.#scope = scope;
    this.#startTime = hrTime(startMs);
  }

  collect(): Promise<CollectionResult> {
    const endTime = hrTime(Date.now());
    const metrics = this.#collect()
      .filter(({ series }) => series.length > 0)
      .map((snapshot) => metricData(snapshot, this.#startTime, endTime));
    return Promise.resolve({
      resourceMetrics: {
        resource: emptyResource(),
        scopeMetrics: metrics.length === 0 ? [] : [{ scope: { ...this.#scope }, metrics }],
      },
      errors: [],
    });
  }
}

function metricData({ declaration, series }: MetricSnapshot, startTime: HrTime, endTime: HrTime): MetricData {
  const { name, description, unit, kind, buckets = [] } = declaration;
  const isWhole = series.every(({ value }) => Number.isSafeInteger(value));
  const shared = {
    // Seconds are never whole on purpose.
    descriptor: {
      name,
      description,
      unit,
      valueType: isWhole && unit !== 's' ? ValueType.INT : ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const point = <T>(
    one: Series,
    value: T,
  ): { startTime: HrTime; endTime: HrTime; attributes: OtelAttributes; value: T } => ({
    startTime,
    endTime,
    attributes: otelAttributes(one.attributes),
    value,
  });
  if (kind === 'histogram')
    return {
      ...shared,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: series.map((one) => {
        const counts = [...one.counts!];
        return point(one, {
          buckets: { boundaries: [...buckets], counts },
          sum: one.sum,
          count: counts.reduce((left, right) => left + right, 0),
        });
      }),
    };
  const dataPoints = series.map((one) => point(one, one.value));
  if (kind === 'gauge' && declaration.isAdditive !== true)
    return { ...shared, dataPointType: DataPointType.GAUGE, dataPoints };
  return { ...shared, dataPointType: DataPointType.SUM, isMonotonic: kind === 'counter', dataPoints };
}

function otelAttributes(attributes: Attributes): OtelAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name === 'otel.metric.overflow' ? true : NUMBER_ATTRIBUTES.has(name) ? Number(value) : value,
    ]),
  );
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

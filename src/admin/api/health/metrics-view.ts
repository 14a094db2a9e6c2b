import type { MetricSnapshot } from '../../../telemetry/metric.ts';

/** What `/api/metrics` answers: what `/metrics` says, as JSON. */
export interface MetricsView {
  readonly metrics: readonly MetricView[];
}

export interface MetricView {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** UCUM. */
  readonly unit: string;
  readonly description: string;
  readonly series: readonly (ValueView | HistogramView)[];
}

/** A series of a counter or a gauge. */
export interface ValueView {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A series of a histogram. */
export interface HistogramView {
  readonly attributes: Readonly<Record<string, string>>;
  readonly count: number;
  readonly sum: number;
  /** Counts by bucket, not added up; `atMost` null for what is above the last bound. */
  readonly buckets: readonly { readonly atMost: number | null; readonly count: number }[];
}

/** Those without a series are left out. */
export function metricsView(snapshots: readonly MetricSnapshot[]): MetricsView {
  return {
    metrics: snapshots
      .filter(({ series }) => series.length > 0)
      .map(({ declaration: { name, kind, unit, description, buckets = [] }, series }) => ({
        name,
        kind,
        unit,
        description,
        series: series.map(({ attributes, value, counts, sum }) =>
          counts === null
            ? { attributes, value }
            : {
                attributes,
                count: counts.reduce((left, right) => left + right, 0),
                sum,
                buckets: counts.map((count, index) => ({ atMost: buckets[index] ?? null, count })),
              },
        ),
      })),
  };
}

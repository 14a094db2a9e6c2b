import { FIELDS, RUNTIME_FIELDS } from './fields.ts';
import { asQuery } from './filter.ts';
import type { Bucket, Chart, Measure, Panel } from './panel.ts';

/** The search that Kibana makes of a panel, in its essentials: it finds the same records and asks for the same numbers. */
export function searchOf(panel: Panel): object {
  const common = { query: asQuery(panel.where), runtime_mappings: RUNTIME_FIELDS, track_total_hits: true };
  if (panel.shape === 'list')
    return {
      ...common,
      // As many as Discover shows at first.
      size: 500,
      sort: [{ [panel.sort]: 'desc' }],
      fields: [...panel.columns],
      _source: false,
    };
  return { ...common, size: 0, aggs: aggregationsOf(panel, panel.buckets) };
}

/** The name of the aggregation, and of the column, of a bucket. */
export const bucketKey = (index: number): string => `bucket${index}`;
/** The same of a measure. */
export const measureKey = (index: number): string => `measure${index}`;

/** The measure by which the values of a bucket are sorted; Lens cannot sort by a share. */
export function rankOf({ measures }: Chart): number {
  return measures.findIndex(({ kind }) => kind !== 'share');
}

function aggregationsOf(chart: Chart, [bucket, ...more]: readonly Bucket[]): object {
  if (bucket === undefined)
    return Object.fromEntries(
      chart.measures.map((measure, index) => [measureKey(index), measureAggregation(measure)]),
    );
  const index = chart.buckets.length - more.length - 1;
  // A measure stands in every bucket too: values are sorted by it.
  const aggs = { ...aggregationsOf(chart, more), ...(more.length === 0 ? {} : aggregationsOf(chart, [])) };
  return { [bucketKey(index)]: { ...bucketAggregation(chart, bucket), aggs } };
}

function bucketAggregation(chart: Chart, bucket: Bucket): object {
  switch (bucket.kind) {
    case 'time':
      return { date_histogram: { field: '@timestamp', fixed_interval: '30s', min_doc_count: 1 } };
    case 'classes':
      return {
        filters: {
          filters: Object.fromEntries(bucket.classes.map(({ label, where }) => [label, asQuery(where)])),
        },
      };
    case 'terms':
      return {
        terms: { field: bucket.field, size: bucket.size, order: { [orderPath(chart)]: 'desc' } },
      };
  }
}

function orderPath(chart: Chart): string {
  const index = rankOf(chart);
  const measure = chart.measures[index]!;
  return measure.kind === 'percentile' ? `${measureKey(index)}.${measure.percentile}` : measureKey(index);
}

function measureAggregation(measure: Measure): object {
  switch (measure.kind) {
    case 'count':
      return { filter: measure.where === undefined ? { match_all: {} } : asQuery(measure.where) };
    case 'share':
      return { filter: asQuery(measure.of) };
    case 'percentile':
      return { percentiles: { field: measure.field, percents: [measure.percentile] } };
    case 'unique':
      return { cardinality: { field: measure.field } };
    case 'average':
      return { avg: { field: measure.field } };
    default:
      return { [measure.kind]: { field: measure.field } };
  }
}

/** Kibana's word for the type of a field. */
export function dataTypeOf(field: keyof typeof FIELDS): 'string' | 'number' | 'date' | 'boolean' {
  const { type } = FIELDS[field];
  if (type === 'keyword' || type === 'text') return 'string';
  return type === 'long' ? 'number' : type;
}

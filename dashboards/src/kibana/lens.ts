import { asKql } from './filter.ts';
import type { Bucket, Chart, Measure } from './panel.ts';
import { bucketKey, dataTypeOf, measureKey, rankOf } from './request.ts';
import { DATA_VIEW_ID, type SavedObject, savedObject, tagReference } from './saved-object.ts';

const LAYER = 'records';

type Column = Readonly<Record<string, unknown>>;

/** A chart as Lens keeps it. */
export function lensOf(chart: Chart): SavedObject {
  const columns: Record<string, Column> = Object.fromEntries([
    ...chart.buckets.map((bucket, index) => [bucketKey(index), bucketColumn(bucket, chart)] as const),
    ...chart.measures.flatMap((measure, index) => measureColumns(measure, measureKey(index))),
  ]);
  return savedObject(
    'lens',
    chart.id,
    {
      title: chart.title,
      description: chart.description,
      visualizationType: VISUALIZATIONS[chart.shape],
      state: {
        datasourceStates: {
          formBased: {
            layers: {
              [LAYER]: { columns, columnOrder: Object.keys(columns), incompleteColumns: {}, sampling: 1 },
            },
          },
        },
        visualization: visualizationOf(chart),
        query: { query: asKql(chart.where), language: 'kuery' },
        filters: [],
        internalReferences: [],
        adHocDataViews: {},
      },
    },
    [
      { id: DATA_VIEW_ID, name: `indexpattern-datasource-layer-${LAYER}`, type: 'index-pattern' },
      tagReference,
    ],
  );
}

const VISUALIZATIONS: Readonly<Record<Chart['shape'], string>> = {
  metric: 'lnsMetric',
  line: 'lnsXY',
  area: 'lnsXY',
  bar: 'lnsXY',
  donut: 'lnsPie',
  table: 'lnsDatatable',
};

function bucketColumn(bucket: Bucket, chart: Chart): Column {
  switch (bucket.kind) {
    case 'time':
      return {
        label: '@timestamp',
        dataType: 'date',
        operationType: 'date_histogram',
        sourceField: '@timestamp',
        isBucketed: true,
        scale: 'interval',
        params: { interval: 'auto', includeEmptyRows: true, dropPartials: false },
      };
    case 'classes':
      return {
        label: bucket.label,
        customLabel: true,
        dataType: 'string',
        operationType: 'filters',
        isBucketed: true,
        scale: 'ordinal',
        params: {
          filters: bucket.classes.map(({ label, where }) => ({
            label,
            input: { query: asKql(where), language: 'kuery' },
          })),
        },
      };
    case 'terms':
      return {
        label: bucket.label,
        customLabel: true,
        dataType: dataTypeOf(bucket.field),
        operationType: 'terms',
        sourceField: bucket.field,
        isBucketed: true,
        scale: 'ordinal',
        params: {
          size: bucket.size,
          orderBy: { type: 'column', columnId: measureKey(rankOf(chart)) },
          orderDirection: 'desc',
          // Only counts and sums of the rest mean something.
          otherBucket: chart.shape !== 'table' && chart.measures.every(({ kind }) => isAdditive(kind)),
          missingBucket: false,
          parentFormat: { id: 'terms' },
          include: [],
          exclude: [],
          includeIsRegex: false,
          excludeIsRegex: false,
        },
      };
  }
}

const isAdditive = (kind: Measure['kind']): boolean => kind === 'count' || kind === 'sum';

const OPERATIONS = {
  percentile: 'percentile',
  sum: 'sum',
  max: 'max',
  min: 'min',
  average: 'average',
  unique: 'unique_count',
} as const;

/** The columns of a measure by id; a share is a formula, which has its parts as columns of their own. */
function measureColumns(measure: Measure, id: string): readonly (readonly [string, Column])[] {
  const number = { dataType: 'number', isBucketed: false, scale: 'ratio', customLabel: true };
  const counted = { ...number, operationType: 'count', sourceField: '___records___' };
  if (measure.kind === 'count')
    return [
      [
        id,
        {
          ...counted,
          label: measure.label,
          ...(measure.where === undefined
            ? {}
            : { filter: { query: asKql(measure.where), language: 'kuery' } }),
          params: { emptyAsNull: false },
        },
      ],
    ];
  if (measure.kind === 'share') {
    const kql = asKql(measure.of);
    const formula = `count(kql='${kql}') / count()`;
    const [part, whole, division] = [`${id}X0`, `${id}X1`, `${id}X2`];
    const label = `Part of ${measure.label}`;
    return [
      [
        id,
        {
          ...number,
          label: measure.label,
          operationType: 'formula',
          params: { formula, isFormulaBroken: false, format: { id: 'percent', params: { decimals: 1 } } },
          references: [division],
        },
      ],
      [
        part,
        {
          ...counted,
          label,
          filter: { query: kql, language: 'kuery' },
          params: { emptyAsNull: false },
        },
      ],
      [whole, { ...counted, label, params: { emptyAsNull: false } }],
      [
        division,
        {
          ...number,
          label,
          operationType: 'math',
          params: {
            tinymathAst: {
              type: 'function',
              name: 'divide',
              args: [part, whole],
              location: { min: 0, max: formula.length },
              text: formula,
            },
          },
          references: [part, whole],
        },
      ],
    ];
  }
  return [
    [
      id,
      {
        ...number,
        label: measure.label,
        operationType: OPERATIONS[measure.kind],
        sourceField: measure.field,
        params: measure.kind === 'percentile' ? { percentile: measure.percentile } : { emptyAsNull: true },
      },
    ],
  ];
}

function visualizationOf({ shape, buckets, measures }: Chart): object {
  const layer = { layerId: LAYER, layerType: 'data' };
  const accessors = measures.map((_, index) => measureKey(index));
  switch (shape) {
    case 'metric':
      return { ...layer, metricAccessor: accessors[0] };
    case 'donut':
      return {
        shape: 'donut',
        layers: [
          {
            ...layer,
            primaryGroups: buckets.map((_, index) => bucketKey(index)),
            metrics: accessors,
            numberDisplay: 'percent',
            categoryDisplay: 'default',
            legendDisplay: 'default',
            nestedLegend: false,
          },
        ],
      };
    case 'table':
      return {
        ...layer,
        columns: [...buckets.map((_, index) => bucketKey(index)), ...accessors].map((columnId) => ({
          columnId,
          isTransposed: false,
        })),
        paging: { enabled: true, size: 10 },
      };
    default: {
      const seriesType = { line: 'line', area: 'area_stacked', bar: 'bar_stacked' }[shape];
      return {
        title: '',
        legend: { isVisible: true, position: 'right', showSingleSeries: false },
        valueLabels: 'hide',
        fittingFunction: 'None',
        preferredSeriesType: seriesType,
        layers: [
          {
            ...layer,
            seriesType,
            accessors,
            xAccessor: bucketKey(0),
            ...(buckets.length > 1 ? { splitAccessor: bucketKey(1) } : {}),
            position: 'top',
            showGridlines: false,
          },
        ],
      };
    }
  }
}

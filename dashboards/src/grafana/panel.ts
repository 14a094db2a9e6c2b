import type {
  FieldConfig,
  FieldConfigSource,
  GraphFieldConfig,
  Panel,
  ThresholdsConfig,
} from '@grafana/schema';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  FieldColorModeId,
  GraphDrawStyle,
  LegendDisplayMode,
  PercentChangeColorMode,
  SortOrder,
  StackingMode,
  ThresholdsMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizOrientation,
} from '@grafana/schema';
import type { Options as HeatmapOptions } from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as StateTimelineOptions } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** Of the variable that names the data source; provisioning has it as `tapline-prometheus`. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** Units of Grafana that the panels use. */
type Unit = 's' | 'bytes' | 'Bps' | 'percentunit' | 'reqps' | 'short' | 'cps';

/** One query of a panel: `{{label}}` in the legend stands for the value of a label. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface Facts {
  readonly title: string;
  /** What to see in it, and what to do about it. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Turns orange, then red at these values. */
  readonly thresholds?: readonly [orange: number, red: number];
  readonly max?: number;
}

/** A panel without its place, which the dashboard gives it. */
export type Unplaced = Omit<Panel, 'id' | 'gridPos'>;

/** Lines over time; `isStacked` for parts of a whole. */
export function timeSeries(facts: Facts & { isStacked?: boolean }): Unplaced {
  const custom: GraphFieldConfig = {
    drawStyle: GraphDrawStyle.Line,
    lineWidth: 1,
    fillOpacity: facts.isStacked === true ? 40 : 10,
    showPoints: VisibilityMode.Never,
    stacking: { mode: facts.isStacked === true ? StackingMode.Normal : StackingMode.None, group: 'A' },
    axisSoftMin: 0,
  };
  const options: TimeSeriesOptions = {
    legend: {
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the package declares this enum twice, with the same values
      displayMode: LegendDisplayMode.Table,
      placement: 'bottom',
      showLegend: true,
      calcs: ['mean', 'max', 'lastNotNull'],
    },
    tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
  };
  return panel('timeseries', facts, { ...options }, { ...custom });
}

/** One number, with its course behind it. */
export function stat(facts: Facts): Unplaced {
  const options: StatOptions = {
    colorMode: BigValueColorMode.Value,
    graphMode: BigValueGraphMode.Area,
    justifyMode: BigValueJustifyMode.Auto,
    orientation: VizOrientation.Auto,
    percentChangeColorMode: PercentChangeColorMode.Standard,
    reduceOptions: { calcs: ['lastNotNull'], values: false },
    showPercentChange: false,
    textMode: BigValueTextMode.Auto,
    wideLayout: true,
  };
  return panel('stat', facts, { ...options });
}

/** Which state held when, one line per query result: coloured where it is 1 or more, red where its legend is `alarming`. */
export function stateTimeline(facts: Facts & { alarming: RegExp }): Unplaced {
  const options: StateTimelineOptions = {
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the package declares this enum twice, with the same values
    legend: { displayMode: LegendDisplayMode.List, placement: 'bottom', showLegend: true, calcs: [] },
    tooltip: { mode: TooltipDisplayMode.Single, sort: SortOrder.None },
    mergeValues: true,
    rowHeight: 0.8,
    showValue: VisibilityMode.Never,
  };
  const drawn = panel('state-timeline', facts, { ...options });
  const { defaults } = drawn.fieldConfig!;
  return {
    ...drawn,
    fieldConfig: {
      defaults: {
        ...defaults,
        color: { mode: FieldColorModeId.Thresholds },
        thresholds: colouredFromOne('blue'),
      },
      overrides: [
        {
          matcher: { id: 'byRegexp', options: facts.alarming.source },
          properties: [{ id: 'thresholds', value: colouredFromOne('red') }],
        },
      ],
    },
  };
}

/** Buckets of a histogram over time; the query gives one series per `le`. */
export function heatmap(facts: Facts): Unplaced {
  const options: HeatmapOptions = {
    calculate: false,
    cellGap: 1,
    color: { exponent: 0.5, fill: 'dark-orange', reverse: false, scheme: 'Oranges', steps: 64 },
    exemplars: { color: 'rgba(255,0,255,0.7)' },
    legend: { show: true },
    showValue: VisibilityMode.Never,
    tooltip: { mode: TooltipDisplayMode.Single, showColorScale: true, yHistogram: false },
    yAxis: { unit: facts.unit },
  };
  const drawn = panel('heatmap', facts, { ...options });
  return { ...drawn, targets: drawn.targets!.map((target) => ({ ...target, format: 'heatmap' })) };
}

function colouredFromOne(color: string): ThresholdsConfig {
  return {
    mode: ThresholdsMode.Absolute,
    steps: [
      { color: 'transparent', value: null },
      { color, value: 1 },
    ],
  };
}

function panel(
  type: string,
  { title, description, unit, queries, thresholds, max }: Facts,
  options: Record<string, unknown>,
  custom: Record<string, unknown> = {},
): Unplaced {
  const defaults: FieldConfig = {
    unit,
    min: 0,
    ...(max === undefined ? {} : { max }),
    custom,
    thresholds: {
      mode: ThresholdsMode.Absolute,
      steps: [
        { color: 'green', value: null },
        ...(thresholds === undefined
          ? []
          : [
              { color: 'orange', value: thresholds[0] },
              { color: 'red', value: thresholds[1] },
            ]),
      ],
    },
  };
  const fieldConfig: FieldConfigSource = { defaults, overrides: [] };
  return {
    type,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig,
    options,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      editorMode: 'code',
      range: true,
    })),
  };
}

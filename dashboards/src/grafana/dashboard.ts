import type { Dashboard, Panel, RowPanel } from '@grafana/schema';
import { DashboardCursorSync, defaultDashboard, VariableRefresh } from '@grafana/schema';
import { METRICS } from '../../../src/telemetry/metric-declarations.ts';
import { prometheusName } from '../../../src/telemetry/prometheus-name.ts';
import { PromQl } from '../prometheus/promql.ts';
import type { Unplaced } from './panel.ts';

const GRID_COLUMNS = 24;

/** Queries of the dashboards: of the gateways that are chosen above the panels. */
export const promQl = new PromQl({ scope: 'instance=~"$instance"', window: '$__rate_interval' });

/** Panels side by side, each as wide as the others. */
export interface Row {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly Unplaced[];
}

/** A dashboard of rows; ids and places come from the order. */
export function dashboard(facts: {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}): Dashboard {
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const row of facts.rows) {
    panels.push({
      type: 'row',
      id: panels.length + 1,
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: GRID_COLUMNS, h: 1 },
      panels: [],
    });
    y++;
    const width = Math.floor(GRID_COLUMNS / row.panels.length);
    for (const [index, panel] of row.panels.entries())
      panels.push({
        ...panel,
        id: panels.length + 1,
        gridPos: { x: index * width, y, w: width, h: row.height },
      });
    y += row.height;
  }
  return {
    uid: facts.uid,
    title: facts.title,
    description: facts.description,
    tags: ['tapline'],
    schemaVersion: defaultDashboard.schemaVersion,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Prometheus',
          type: 'datasource',
          query: 'prometheus',
          current: { text: 'Prometheus', value: 'tapline-prometheus' },
        },
        {
          name: 'instance',
          label: 'Gateway',
          type: 'query',
          datasource: { type: 'prometheus', uid: '${datasource}' },
          query: `label_values(${prometheusName(METRICS.spoolLimit)}, instance)`,
          refresh: VariableRefresh.onTimeRangeChanged,
          includeAll: true,
          allValue: '.*',
          multi: true,
          current: { text: ['All'], value: ['$__all'] },
        },
      ],
    },
    links: [
      {
        title: 'Tapline',
        type: 'dashboards',
        tags: ['tapline'],
        asDropdown: true,
        icon: 'external link',
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        tooltip: 'The other dashboards of Tapline',
      },
    ],
    panels,
  };
}

import { lensOf } from './lens.ts';
import type { DashboardPlan, Panel } from './panel.ts';
import { savedSearchOf } from './saved-search.ts';
import { type Reference, type SavedObject, savedObject, tagReference } from './saved-object.ts';

const GRID_COLUMNS = 48;

/** All panels of a dashboard. */
export function panelsOf({ rows }: DashboardPlan): readonly Panel[] {
  return rows.flatMap(({ panels }) => panels);
}

/** A panel as a saved object of its own, which the dashboard refers to. */
export function panelObject(panel: Panel): SavedObject {
  return panel.shape === 'list' ? savedSearchOf(panel) : lensOf(panel);
}

/** The dashboard itself. */
export function dashboardObject(plan: DashboardPlan): SavedObject {
  const placed: object[] = [];
  const references: Reference[] = [];
  let y = 0;
  for (const { height, panels, widths } of plan.rows) {
    let x = 0;
    for (const [index, panel] of panels.entries()) {
      const { type } = panelObject(panel);
      const w = widths?.[index] ?? Math.floor(GRID_COLUMNS / panels.length);
      placed.push({
        type,
        panelIndex: panel.id,
        gridData: { x, y, w, h: height, i: panel.id },
        embeddableConfig: { enhancements: {} },
        panelRefName: `panel_${panel.id}`,
      });
      references.push({ id: panel.id, name: `${panel.id}:panel_${panel.id}`, type });
      x += w;
    }
    y += height;
  }
  return savedObject(
    'dashboard',
    plan.id,
    {
      title: plan.title,
      description: plan.description,
      panelsJSON: JSON.stringify(placed),
      optionsJSON: JSON.stringify({
        useMargins: true,
        syncColors: true,
        syncCursor: true,
        syncTooltips: false,
        hidePanelTitles: false,
      }),
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
      },
      timeRestore: true,
      timeFrom: 'now-1h',
      timeTo: 'now',
      refreshInterval: { pause: true, value: 60_000 },
      version: 1,
    },
    [...references, tagReference],
  );
}

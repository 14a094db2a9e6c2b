import { dashboardObject, panelObject, panelsOf } from './dashboard.ts';
import { callers } from './dashboards/callers.ts';
import { delivery } from './dashboards/delivery.ts';
import { errors } from './dashboards/errors.ts';
import { extremes } from './dashboards/extremes.ts';
import { latency } from './dashboards/latency.ts';
import { traffic } from './dashboards/traffic.ts';
import { dataView } from './data-view.ts';
import type { DashboardPlan, Panel } from './panel.ts';
import { type SavedObject, savedObject, TAG_ID } from './saved-object.ts';

/** The dashboards, in the order in which one would look at them. */
export const DASHBOARDS: readonly DashboardPlan[] = [traffic, errors, latency, extremes, callers, delivery];
/** All panels of all dashboards. */
export const PANELS: readonly Panel[] = DASHBOARDS.flatMap(panelsOf);

/** All that Kibana imports; what is referred to comes first. */
export const SAVED_OBJECTS: readonly SavedObject[] = [
  savedObject('tag', TAG_ID, {
    name: 'Tapline',
    description: 'Records of HTTP traffic by Tapline',
    color: '#0077CC',
  }),
  dataView,
  ...PANELS.map(panelObject),
  ...DASHBOARDS.map(dashboardObject),
];

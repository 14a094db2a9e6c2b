import { go, route } from '../location.ts';
import { routeTo } from '../route.ts';
import { filterOf, type RecordFilter } from './record-filter.ts';

/** Where in the tab somebody is: all of it stands in the address. */
export interface TrafficPlace {
  readonly filter: RecordFilter;
  readonly isPaused: boolean;
  /** The record that is open; null where none is. */
  readonly openedId: string | null;
  /** The record that is marked for comparing. */
  readonly comparedId: string | null;
  /** Two records are shown. */
  readonly isComparing: boolean;
}

/** What of the tab stands in its address, by the names there. */
export interface TrafficParameters {
  readonly query?: string;
  readonly since?: string;
  readonly until?: string;
  readonly paused?: string;
  readonly record?: string;
  readonly compare?: string;
}

/** The place of now: keys come quicker than the page is drawn, so what they do asks for it anew. */
export function trafficPlace(): TrafficPlace {
  const { parameters } = route.value;
  const openedId = parameters.get('record');
  const comparedId = parameters.get('compare');
  return {
    filter: filterOf(parameters),
    isPaused: parameters.get('paused') === '1',
    openedId,
    comparedId,
    isComparing: openedId !== null && comparedId !== null && openedId !== comparedId,
  };
}

/** Changes some of the address of the tab and keeps the rest; empty takes away. */
export function navigate(change: TrafficParameters, options?: { isReplacing?: boolean }): void {
  go(routeTo('traffic', [], { ...Object.fromEntries(route.value.parameters), ...change }), options);
}

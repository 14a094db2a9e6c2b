import { go, route } from '../location.ts';
import { routeTo } from '../route.ts';

/** What of the tab stands in its address. */
export interface TrafficAddress {
  readonly query?: string;
  readonly since?: string;
  readonly until?: string;
  readonly paused?: string;
  readonly record?: string;
  readonly compare?: string;
}

/** Changes some of the address of the tab and keeps the rest; empty takes away. */
export function navigate(change: TrafficAddress, options?: { isReplacing?: boolean }): void {
  go(trafficAddress(change), options);
}

/** The same, as a link. */
export function trafficAddress(change: TrafficAddress): string {
  return routeTo('traffic', [], { ...Object.fromEntries(route.value.parameters), ...change });
}

import { type Route, routeTo } from '../../route.ts';

/** The address of a record beside the list as it is now: its query and all else stays. */
export function recordAddress(id: string, { parameters }: Route): string {
  return routeTo('traffic', [], { ...Object.fromEntries(parameters), record: id });
}

/** The address that shows a record to somebody else: without what the list happens to show. */
export function deepLink(id: string, pageAddress: string): string {
  return `${pageAddress.split('#')[0]}${routeTo('traffic', [], { record: id })}`;
}

/** The address at which this record waits for another one to be compared with. */
export function comparingAddress(id: string, { parameters }: Route): string {
  return routeTo('traffic', [], { ...Object.fromEntries(parameters), compare: id });
}

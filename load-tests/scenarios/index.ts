import { reference } from './reference.ts';
import type { Scenario } from './scenario.ts';
import { smallGet } from './small-get.ts';

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [reference, smallGet];

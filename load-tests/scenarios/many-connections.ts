import { speedAndRate } from './extents.ts';
import { jsonPost } from './json-post.ts';
import type { Scenario } from './scenario.ts';

/** What a connection costs that is seldom used. */
export const manyConnections: Scenario = {
  ...jsonPost,
  name: 'many-connections',
  what: 'JSON POST of 1 KiB, answered by 4 KiB; 1,000 kept connections',
  full: speedAndRate(1000, 500),
};

import { jsonPost } from './json-post.ts';
import type { Scenario } from './scenario.ts';

/** Memory that grows for ever shows only in time. */
export const soak: Scenario = {
  ...jsonPost,
  name: 'soak',
  what: 'JSON POST of 1 KiB, answered by 4 KiB, 500 a second for ten minutes',
  memoryFigure: 'over-time',
  full: [
    {
      loads: [{ kind: 'constant-rate', connections: 50, perSecond: 500 }],
      subjects: ['tapline-both', 'tapline-store'],
      repetitions: 1,
      seconds: 600,
    },
  ],
};

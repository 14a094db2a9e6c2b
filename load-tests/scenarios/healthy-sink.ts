import { jsonPost } from './json-post.ts';
import type { Scenario } from './scenario.ts';

/** What `dead-sink` and `slow-sink` are compared with: the same rate. */
export const healthySink: Scenario = {
  ...jsonPost,
  name: 'healthy-sink',
  what: 'JSON POST of 1 KiB, answered by 4 KiB, at a constant rate, to a sink that answers at once',
  full: [
    {
      loads: [{ kind: 'constant-rate', connections: 50, perSecond: 500 }],
      subjects: ['tapline-bulk'],
      repetitions: 3,
      seconds: 20,
    },
  ],
};

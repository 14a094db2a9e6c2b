import { reference } from './reference.ts';
import type { Scenario } from './scenario.ts';

/** What it costs the traffic that somebody looks at it: the same gateway with and without an open page. Who looks shares the machine, as load and application do. */
export const openPage: Scenario = {
  ...reference,
  name: 'open-page',
  what: 'as reference, into the embedded store, with the page open on the traffic and without',
  short: [],
  full: [
    {
      loads: [{ kind: 'full-speed', connections: 50 }],
      subjects: ['tapline-store', 'tapline-page'],
      repetitions: 5,
      seconds: 5,
    },
  ],
};

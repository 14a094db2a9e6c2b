import { reference } from './reference.ts';
import type { Scenario } from './scenario.ts';

const EXTENT = {
  loads: [{ kind: 'half-of-full-capture', connections: 50 }],
  subjects: ['tapline-off', 'tapline-bulk'],
} as const;

/**
 * What full capture adds to the latency of a gateway that has room: both subjects at the same rate, in pairs. And what a request costs where all do
 * the same work in the same time: at full speed each subject has a rate of its own, and a request is the cheaper the more come at once.
 */
export const halfLoad: Scenario = {
  ...reference,
  name: 'half-load',
  what: 'as reference, at half the rate that full capture to a bulk sink carries, 4,000 a second at most',
  short: [
    {
      loads: EXTENT.loads,
      subjects: ['nginx', ...EXTENT.subjects, 'tapline-store'],
      repetitions: 3,
      seconds: 4,
    },
  ],
  full: [
    {
      loads: EXTENT.loads,
      subjects: ['direct', 'nginx', ...EXTENT.subjects, 'tapline-store'],
      repetitions: 7,
      seconds: 10,
    },
  ],
};

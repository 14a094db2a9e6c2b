import type { SubjectName } from '../measurement.ts';
import type { Extent } from './scenario.ts';

/** All of them. */
export const EVERYBODY: readonly SubjectName[] = [
  'direct',
  'nginx',
  'nginx-json-log',
  'nginx-mirror',
  'haproxy',
  'tapline-off',
  'tapline-store',
  'tapline-bulk',
  'tapline-both',
];

/** Those that a figure at a constant rate is looked at for. */
export const CHIEF: readonly SubjectName[] = [
  'direct',
  'nginx',
  'tapline-off',
  'tapline-store',
  'tapline-bulk',
];

/** Full speed for everybody, and for the chief subjects a constant rate: one that all of them carry on two cores, else it would measure a queue. */
export function speedAndRate(connections: number, perSecond: number): readonly Extent[] {
  return [
    { loads: [{ kind: 'full-speed', connections }], subjects: EVERYBODY, repetitions: 3, seconds: 5 },
    {
      loads: [{ kind: 'constant-rate', connections, perSecond }],
      subjects: CHIEF,
      repetitions: 3,
      seconds: 5,
    },
  ];
}

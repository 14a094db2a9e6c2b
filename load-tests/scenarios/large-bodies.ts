import type { Extent, Scenario } from './scenario.ts';

const EXTENT = { loads: [{ kind: 'full-speed', connections: 1 }], repetitions: 1, seconds: 1 } as const;
const MOST: Extent['subjects'] = [
  'direct',
  'nginx',
  'haproxy',
  'tapline-off',
  'tapline-store',
  'tapline-bulk',
];

/** A body that no memory holds must pass through. */
export const largeBodies: Scenario = {
  name: 'large-bodies',
  what: '1 GiB to the application, then 1 GiB from it',
  upstream: 'streams',
  traffic: { kind: 'transfer', bytes: 2 ** 30 },
  sink: 'ok',
  memoryFigure: 'growth',
  short: [{ ...EXTENT, subjects: ['tapline-bulk'] }],
  full: [{ ...EXTENT, repetitions: 3, subjects: MOST }],
};

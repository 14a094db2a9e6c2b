import type { Scenario } from './scenario.ts';

/** So many fit below the limit of open files of most systems, twice in one process. */
const CONNECTIONS = 5000;
const EXTENT = {
  loads: [{ kind: 'full-speed', connections: CONNECTIONS }],
  repetitions: 1,
  seconds: 2,
} as const;

/** Memory of connections that do nothing: before they have an upstream, and after each has had one request. `seconds` is the rest before each look. */
export const idleConnections: Scenario = {
  name: 'idle-connections',
  what: '5,000 connections that do nothing, before and after one request on each',
  upstream: 'fast',
  traffic: { kind: 'idle-connections' },
  sink: 'ok',
  memoryFigure: null,
  short: [{ ...EXTENT, subjects: ['tapline-bulk'] }],
  full: [
    {
      ...EXTENT,
      subjects: ['nginx', 'haproxy', 'tapline-off', 'tapline-store', 'tapline-bulk'],
      repetitions: 3,
      seconds: 4,
    },
  ],
};

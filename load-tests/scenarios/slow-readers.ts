import type { Scenario } from './scenario.ts';

/** A client that cannot take what the application sends: it must be the application that waits, not the gateway that stores. */
export const slowReaders: Scenario = {
  name: 'slow-readers',
  what: '50 connections that read answers of 8 MiB at 2 MiB a second each',
  upstream: 'streams',
  traffic: { kind: 'slow-readers', bytes: 8 * 2 ** 20, bytesPerSecond: 2 * 2 ** 20 },
  sink: 'ok',
  memoryFigure: 'growth',
  short: [],
  full: [
    {
      loads: [{ kind: 'full-speed', connections: 50 }],
      subjects: ['direct', 'nginx', 'haproxy', 'tapline-off', 'tapline-store', 'tapline-bulk'],
      repetitions: 3,
      seconds: 10,
    },
  ],
};

import type { Scenario } from './scenario.ts';

/** Small pieces of answers that do not end: each must pass at once. An event counts as a request; its latency is from the application to the client. */
export const serverSentEvents: Scenario = {
  name: 'server-sent-events',
  what: 'an event every 50 ms on each of 50 connections',
  upstream: 'streams',
  traffic: { kind: 'events', everyMs: 50 },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: [
    {
      loads: [{ kind: 'full-speed', connections: 50 }],
      subjects: ['direct', 'nginx', 'haproxy', 'tapline-off', 'tapline-store', 'tapline-bulk'],
      repetitions: 3,
      seconds: 5,
    },
  ],
};

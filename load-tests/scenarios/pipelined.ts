import { EVERYBODY } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** Requests that do not wait for the answers of those before them. Latency is that of a whole lot. */
export const pipelined: Scenario = {
  name: 'pipelined',
  what: 'GET, eight sent at once on each of 50 connections',
  upstream: 'fast',
  traffic: {
    kind: 'requests',
    request: {
      method: 'GET',
      path: '/json/32',
      headers: {},
      body: '',
    },
    isNewConnectionEach: false,
    pipelined: 8,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: [
    { loads: [{ kind: 'full-speed', connections: 50 }], subjects: EVERYBODY, repetitions: 3, seconds: 5 },
  ],
};

import { jsonBody } from '../json-body.ts';
import type { Scenario } from './scenario.ts';

/** Memory that grows for ever shows only in time. */
export const soak: Scenario = {
  name: 'soak',
  what: 'JSON POST of 1 KiB, answered by 4 KiB, 500 a second for ten minutes',
  upstream: 'fast',
  traffic: {
    kind: 'requests',
    request: {
      method: 'POST',
      path: '/json/4096',
      headers: { 'Content-Type': 'application/json' },
      body: jsonBody(1024),
    },
    isNewConnectionEach: false,
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: 'over-time',
  short: [],
  full: [
    {
      loads: [{ kind: 'constant-rate', connections: 50, perSecond: 500 }],
      subjects: ['tapline-both', 'tapline-store'],
      repetitions: 1,
      seconds: 600,
    },
  ],
};

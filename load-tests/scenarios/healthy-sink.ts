import { jsonBody } from '../json-body.ts';
import type { Scenario } from './scenario.ts';

/** What `dead-sink` and `slow-sink` are compared with: the same rate. */
export const healthySink: Scenario = {
  name: 'healthy-sink',
  what: 'JSON POST of 1 KiB, answered by 4 KiB, at a constant rate, to a sink that answers at once',
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
  memoryFigure: null,
  short: [],
  full: [
    {
      loads: [{ kind: 'constant-rate', connections: 50, perSecond: 500 }],
      subjects: ['tapline-bulk'],
      repetitions: 3,
      seconds: 20,
    },
  ],
};

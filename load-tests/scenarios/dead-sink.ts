import { jsonBody } from '../json-body.ts';
import type { Scenario } from './scenario.ts';

/** A sink that is gone: its records wait on disk, and memory must grow by no more than its budget. */
export const deadSink: Scenario = {
  name: 'dead-sink',
  what: 'the same while the sink is dead',
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
  sink: 'dies',
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

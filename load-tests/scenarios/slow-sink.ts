import { jsonBody } from '../json-body.ts';
import type { Scenario } from './scenario.ts';

/** A sink that takes two seconds for each answer. */
export const slowSink: Scenario = {
  name: 'slow-sink',
  what: 'the same with a sink that takes two seconds for each answer',
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
  sink: 'slow',
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

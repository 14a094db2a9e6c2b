import { jsonBody } from '../json-body.ts';
import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** What the budgets of CPU time per request, of throughput and of memory are stated for. */
export const reference: Scenario = {
  name: 'reference',
  what: 'JSON POST of 105 bytes, answered by 105 bytes of JSON; 50 connections',
  upstream: 'fast',
  traffic: {
    kind: 'requests',
    request: {
      method: 'POST',
      path: '/json/105',
      headers: { 'Content-Type': 'application/json' },
      body: jsonBody(105),
    },
    isNewConnectionEach: false,
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [
    // The peers that no budget is stated for once, the others in turn.
    {
      loads: [{ kind: 'full-speed', connections: 50 }],
      subjects: ['direct', 'nginx-json-log', 'nginx-mirror', 'haproxy'],
      repetitions: 1,
      seconds: 2,
    },
    {
      loads: [{ kind: 'full-speed', connections: 50 }],
      subjects: ['nginx', 'tapline-off', 'tapline-store', 'tapline-bulk', 'tapline-both'],
      repetitions: 3,
      seconds: 3,
    },
  ],
  full: speedAndRate(50, 2000),
};

import { jsonBody } from '../json-body.ts';
import { EVERYBODY, speedAndRate } from './extents.ts';
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
  short: {
    loads: [{ kind: 'full-speed', connections: 50 }],
    subjects: EVERYBODY.filter((name) => name !== 'nginx-mirror' && name !== 'haproxy'),
    repetitions: 3,
    seconds: 3,
  },
  full: speedAndRate(50, 2000),
};

import { jsonBody } from '../json-body.ts';
import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** What a connection costs that is seldom used. */
export const manyConnections: Scenario = {
  name: 'many-connections',
  what: 'JSON POST of 1 KiB, answered by 4 KiB; 1,000 kept connections',
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
  full: speedAndRate(1000, 500),
};

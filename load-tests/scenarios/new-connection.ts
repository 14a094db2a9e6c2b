import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** What it costs to accept, to dial and to close. */
export const newConnection: Scenario = {
  name: 'new-connection',
  what: 'GET over a connection of its own, answered by 32 bytes; 50 at a time',
  upstream: 'fast',
  traffic: {
    kind: 'requests',
    request: {
      method: 'GET',
      path: '/json/32',
      headers: {},
      body: '',
    },
    isNewConnectionEach: true,
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: speedAndRate(50, 500),
};

import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** The least that a request can be. */
export const smallGet: Scenario = {
  name: 'small-get',
  what: 'GET, answered by 32 bytes; 50 kept connections',
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
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: speedAndRate(50, 2000),
};

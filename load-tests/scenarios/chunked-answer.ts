import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** Answers of unknown length. */
export const chunkedAnswer: Scenario = {
  name: 'chunked-answer',
  what: 'GET, answered by 4 KiB in four chunks; 50 connections',
  upstream: 'streams',
  traffic: {
    kind: 'requests',
    request: {
      method: 'GET',
      path: '/chunked/4096',
      headers: {},
      body: '',
    },
    isNewConnectionEach: false,
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: speedAndRate(50, 500),
};

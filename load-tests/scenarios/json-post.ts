import { jsonBody } from '../json-body.ts';
import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** What most calls of an API look like. */
export const jsonPost: Scenario = {
  name: 'json-post',
  what: 'JSON POST of 1 KiB, answered by 4 KiB; 50 connections',
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
  full: speedAndRate(50, 500),
};

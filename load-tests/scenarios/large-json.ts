import { jsonBody } from '../json-body.ts';
import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** Bodies as large as are recorded whole. */
export const largeJson: Scenario = {
  name: 'large-json',
  what: 'JSON POST of 64 KiB, answered by 64 KiB; 20 connections',
  upstream: 'streams',
  traffic: {
    kind: 'requests',
    request: {
      method: 'POST',
      path: '/json/65536',
      headers: { 'Content-Type': 'application/json' },
      body: jsonBody(65_536),
    },
    isNewConnectionEach: false,
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: speedAndRate(20, 50),
};

import { speedAndRate } from './extents.ts';
import type { Scenario } from './scenario.ts';

/** Answers that are inflated for the record and passed on as they are. */
export const gzipAnswer: Scenario = {
  name: 'gzip-answer',
  what: 'GET, answered by 16 KiB of JSON in gzip; 50 connections',
  upstream: 'fast',
  traffic: {
    kind: 'requests',
    request: {
      method: 'GET',
      path: '/gzip/16384',
      headers: { 'Accept-Encoding': 'gzip' },
      body: '',
    },
    isNewConnectionEach: false,
    pipelined: 1,
  },
  sink: 'ok',
  memoryFigure: null,
  short: [],
  full: speedAndRate(50, 300),
};

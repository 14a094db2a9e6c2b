import { healthySink } from './healthy-sink.ts';
import type { Scenario } from './scenario.ts';

/** A sink that takes two seconds for each answer. */
export const slowSink: Scenario = {
  ...healthySink,
  name: 'slow-sink',
  what: 'the same with a sink that takes two seconds for each answer',
  sink: 'slow',
};

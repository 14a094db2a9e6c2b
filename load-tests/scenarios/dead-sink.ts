import { healthySink } from './healthy-sink.ts';
import type { Scenario } from './scenario.ts';

/** A sink that is gone: its records wait on disk, and memory must grow by no more than its budget. */
export const deadSink: Scenario = {
  ...healthySink,
  name: 'dead-sink',
  what: 'the same while the sink is dead',
  sink: 'dies',
};

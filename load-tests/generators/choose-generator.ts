import type { Load } from '../measurement.ts';
import type { Rig } from '../rig.ts';
import type { Generator } from './generator.ts';
import { own } from './own/own.ts';
import { vegeta } from './vegeta.ts';
import { wrk } from './wrk.ts';

/** wrk for full speed and vegeta for a constant rate, our own where they are not installed, and for requests sent at once at a constant rate, which neither can. */
export function chooseGenerator(rig: Rig, load: Load, pipelined: number): Generator {
  if (load.kind === 'full-speed') return wrk(rig) ?? own(rig);
  return (pipelined === 1 ? vegeta(rig) : null) ?? own(rig);
}

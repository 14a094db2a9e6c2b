import * as os from 'node:os';
import { cpuBetween, type CpuSnapshot, cpuSnapshot, totalOf } from './cpu-use.ts';
import { busySince, endedChildrenNanoseconds } from './process-facts.ts';

/** Whose processes are whose in a run. The generator is a child of ours that ends within it; it needs no id. */
export interface Parties {
  readonly application: readonly number[];
  readonly subject: readonly number[];
  /** What the subject needs beside it: sinks. */
  readonly companions: readonly number[];
}

/** Parts of the machine's time, 0 to 1. */
export interface Shares {
  /** Of generator and application together. */
  readonly load: number;
  /** Of programs that have nothing to do with the run: what they take makes every figure less certain. */
  readonly strangers: number;
}

/** Follows who uses the machine; `read` tells it for the time since this was made. Linux. */
export class TimeShares {
  readonly #parties: Parties;
  readonly #before: Readonly<Record<keyof Parties, CpuSnapshot>>;
  readonly #generatorBefore = endedChildrenNanoseconds();
  readonly #ownBefore = process.cpuUsage();
  readonly #busy = busySince();
  readonly #startMs = performance.now();

  constructor(parties: Parties) {
    this.#parties = parties;
    this.#before = {
      application: cpuSnapshot(parties.application),
      subject: cpuSnapshot(parties.subject),
      companions: cpuSnapshot(parties.companions),
    };
  }

  read(): Shares {
    const all = (performance.now() - this.#startMs) * 1e6 * os.availableParallelism();
    const used = (party: keyof Parties): number =>
      totalOf(cpuBetween(this.#before[party], cpuSnapshot(this.#parties[party]), () => 'all'));
    const load = endedChildrenNanoseconds() - this.#generatorBefore + used('application');
    const own = process.cpuUsage(this.#ownBefore);
    const known = load + used('subject') + used('companions') + (own.user + own.system) * 1000;
    return { load: load / all, strangers: Math.max(0, this.#busy() - known / all) };
  }
}

import type { Ports } from '../core/ports.ts';

/** Stands for what only a running script calls. */
export function never(): never {
  throw new Error('the script does not run');
}

/** The world of a script that is read, not run: nothing can be reached, and what is logged goes nowhere. */
export const NO_PORTS: Ports = {
  clock: { wallMs: () => 0, monotonicMs: () => 0, after: never },
  log: { write: () => {} },
  dialer: { dial: never },
  processes: { spawn: never },
  output: { write: () => {} },
  randomBytes: never,
};

import type { Log } from '../core/ports.ts';
import { readLedger } from '../spool/run-ledger.ts';

/**
 * Says in the log that the run before this one ended without a word (`kill -9`, power loss): what it had not written yet is missing, and only
 * `tapline verify` knows how much that can be. Call it before the new run opens its books.
 * @param folder of the ledger
 */
export function tellOfCrash(folder: string, log: Log): void {
  const entries = readLedger(folder);
  const before = entries.filter(({ run }) => run === entries.at(-1)!.run);
  // One that has leased no number has had no exchange.
  const isTorn = before.some(({ lastSequence, leasedTo }) => lastSequence === null && leasedTo > 0);
  if (!isTorn) return;
  const heardOfMs = Math.max(...before.map(({ notedMs }) => notedMs));
  log.write(
    'warn',
    `[gateway] the run before ended without a word (last heard of ${new Date(heardOfMs).toISOString()}): records of its last moments may be missing; tapline verify says how many at most`,
  );
}

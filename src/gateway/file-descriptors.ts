import { readFileSync } from 'node:fs';

/** Descriptors kept for the spool, the store, logs and scripts. */
const RESERVED = 64;

/**
 * The connections that fit under the limit of open files: each takes two descriptors, its own and its upstream's. So the
 * gateway turns clients away with an answer before the system would close them without one.
 */
export function connectionsWithinFileLimit(wanted: number): number {
  const limit = openFileLimit();
  return limit === null ? wanted : Math.max(1, Math.min(wanted, Math.floor((limit - RESERVED) / 2)));
}

function openFileLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

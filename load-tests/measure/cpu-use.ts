import { readThreadTimes, type ThreadTime } from './process-facts.ts';

/** Which group a thread belongs to in a report; null for one that is not counted. */
export type ThreadGroup = (name: string, isFirst: boolean) => string;

/** CPU times of the threads of processes at one moment, by `pid.tid`. */
export type CpuSnapshot = ReadonlyMap<string, ThreadTime & { readonly isFirst: boolean }>;

/** What the processes have used so far. Linux. */
export function cpuSnapshot(pids: readonly number[]): CpuSnapshot {
  return new Map(
    pids.flatMap((pid) =>
      [...readThreadTimes(pid)].map(([thread, time]) => [
        `${pid}.${thread}`,
        { ...time, isFirst: thread === pid },
      ]),
    ),
  );
}

/** Nanoseconds that were used between two snapshots, by group. A thread that ended in between is not known any more; one that is new counts whole. */
export function cpuBetween(
  before: CpuSnapshot,
  after: CpuSnapshot,
  groupOf: ThreadGroup,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [thread, { name, nanoseconds, isFirst }] of after) {
    const group = groupOf(name, isFirst);
    sums[group] = (sums[group] ?? 0) + nanoseconds - (before.get(thread)?.nanoseconds ?? 0);
  }
  return sums;
}

/** Sum over all groups. */
export function totalOf(sums: Readonly<Record<string, number>>): number {
  return Object.values(sums).reduce((sum, nanoseconds) => sum + nanoseconds, 0);
}

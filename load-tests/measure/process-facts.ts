import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of a thread so far, in nanoseconds, as the scheduler counts it (`/proc/PID/task/TID/schedstat`). */
export interface ThreadTime {
  readonly name: string;
  readonly nanoseconds: number;
}

/** Of every thread of a process, by thread id; none of a process that is gone. Linux. */
export function readThreadTimes(pid: number): Map<number, ThreadTime> {
  const times = new Map<number, ThreadTime>();
  for (const thread of readFolder(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    const schedstat = readText(`${folder}/schedstat`);
    if (schedstat !== null)
      times.set(Number(thread), {
        name: (readText(`${folder}/comm`) ?? '').trim(),
        nanoseconds: Number(schedstat.split(' ')[0]),
      });
  }
  return times;
}

/** Resident memory of processes together, in bytes (`VmRSS` of `/proc/PID/status`). What they share is counted for each. Linux. */
export function readRssBytes(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) =>
      sum + Number(/^VmRSS:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024,
    0,
  );
}

/** The processes that a process has started and that still run. Linux. */
export function childrenOf(pid: number): number[] {
  return readFolder('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readText(`/proc/${name}/stat`) ?? '';
    // The name before may hold spaces and brackets: fields are counted from its end.
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return Number(parent) === pid ? [Number(name)] : [];
  });
}

/** User and system time of all children of ours that have ended, in nanoseconds, to 10 ms. Linux. */
export function endedChildrenNanoseconds(): number {
  const stat = readText('/proc/self/stat') ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const HUNDREDTHS_IN_NANOSECONDS = 1e7;
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * HUNDREDTHS_IN_NANOSECONDS;
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended in this moment.
    return null;
  }
}

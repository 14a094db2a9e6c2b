import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

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
  return pids.reduce((sum, pid) => sum + statusBytes(pid, 'VmRSS'), 0);
}

/**
 * Lets the system note the highest resident memory of processes from now on; the function that is given back reads it, in bytes. Null where the
 * system does not let us. Linux.
 */
export function watchPeakRss(pids: readonly number[]): (() => number) | null {
  const RESET_PEAK = '5';
  try {
    for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
  } catch {
    return null;
  }
  return () => pids.reduce((sum, pid) => sum + statusBytes(pid, 'VmHWM'), 0);
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

/**
 * Part (0 to 1) of the time of all processors that somebody used since a moment before; call it once to set the moment, then again. Linux.
 */
export function busySince(): () => number {
  const before = processorTicks();
  return () => {
    const now = processorTicks();
    return now.all === before.all ? 0 : 1 - (now.idle - before.idle) / (now.all - before.all);
  };
}

/** The first line of `/proc/stat`: ticks of all processors since the system started; the fourth and the fifth are those of nobody. */
function processorTicks(): { idle: number; all: number } {
  const line = (readText('/proc/stat') ?? '').split('\n', 1)[0]!;
  const ticks = line.trim().split(/ +/).slice(1, 9).map(Number);
  return { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: ticks.reduce((sum, one) => sum + one, 0) };
}

function statusBytes(pid: number, field: string): number {
  const text = readText(`/proc/${pid}/status`) ?? '';
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
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

import type { Readable } from 'node:stream';
import * as v8 from 'node:v8';
import type { Worker } from 'node:worker_threads';

/** A thread of the gateway whose profile can be taken. It is asked from outside, so one that is stuck in JavaScript answers, too. */
export interface ProfiledThread {
  /** `main`, `data-0` and so on. */
  readonly name: string;
  startCpuProfile(sampling: CpuSampling): Promise<RunningProfile>;
  startHeapProfile(sampling: HeapSampling): Promise<RunningProfile>;
  /** The thread stands still until its whole heap is copied. */
  heapSnapshot(): Promise<Readable>;
}

export interface CpuSampling {
  /** Between two looks at the stack. */
  readonly intervalMicroseconds: number;
}

export interface HeapSampling {
  /** On average, between two allocations that are looked at. */
  readonly intervalBytes: number;
  /** Also what has been collected since: who allocates, instead of who holds. */
  readonly isIncludingGarbage: boolean;
}

/** A profile being taken: ended by one of the two. */
export interface RunningProfile {
  /** Gives the text of a `.cpuprofile` or `.heapprofile`. */
  stop(): Promise<string>;
  discard(): Promise<void>;
}

/** Deep enough for a filter chain of the built-in program; V8 keeps 16 frames by itself. */
const HEAP_STACK_DEPTH = 64;

/** The thread that calls it. */
export function ownThread(name: string): ProfiledThread {
  const running = (handle: v8.SyncCPUProfileHandle | v8.SyncHeapProfileHandle): RunningProfile => ({
    stop: () => Promise.resolve(handle.stop()),
    discard: () => Promise.resolve(handle[Symbol.dispose]()),
  });
  return {
    name,
    startCpuProfile: (sampling) => Promise.resolve(running(v8.startCpuProfile(cpuOptions(sampling)))),
    startHeapProfile: (sampling) => Promise.resolve(running(v8.startHeapProfile(heapOptions(sampling)))),
    heapSnapshot: () => Promise.resolve(v8.getHeapSnapshot()),
  };
}

/** A worker thread. Rejects where it has ended. */
export function workerThread(name: string, worker: Worker): ProfiledThread {
  const running = (handle: v8.CPUProfileHandle | v8.HeapProfileHandle): RunningProfile => ({
    stop: () => handle.stop(),
    discard: () => handle[Symbol.asyncDispose](),
  });
  return {
    name,
    startCpuProfile: async (sampling) => running(await worker.startCpuProfile(cpuOptions(sampling))),
    startHeapProfile: async (sampling) => running(await worker.startHeapProfile(heapOptions(sampling))),
    heapSnapshot: () => worker.getHeapSnapshot(),
  };
}

function cpuOptions({ intervalMicroseconds }: CpuSampling): v8.CPUProfileOptions {
  return { sampleInterval: intervalMicroseconds / 1000 };
}

function heapOptions({ intervalBytes, isIncludingGarbage }: HeapSampling): v8.HeapProfileOptions {
  return {
    sampleInterval: intervalBytes,
    stackDepth: HEAP_STACK_DEPTH,
    // Without it what is garbage already would count as held.
    forceGC: !isIncludingGarbage,
    includeObjectsCollectedByMajorGC: isIncludingGarbage,
    includeObjectsCollectedByMinorGC: isIncludingGarbage,
  };
}

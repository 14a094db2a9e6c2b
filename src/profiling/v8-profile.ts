/** Where a function stands; numbers count from 0, as V8 has them. */
export interface CallFrame {
  functionName: string;
  scriptId: string;
  /** A file URL, `node:...`, or empty for what is no script. */
  url: string;
  lineNumber: number;
  columnNumber: number;
}

/** A `.cpuprofile` (Profiler.Profile of the Chrome DevTools protocol). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
    /** Samples by line of the script, counted from 1. */
    positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
  }[];
  /** Microseconds of a clock of its own. */
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of nodes. */
  readonly samples: readonly number[];
  /** Microseconds from the sample before, or from the start. */
  readonly timeDeltas: readonly number[];
}

/** A `.heapprofile` (HeapProfiler.SamplingHeapProfile of the Chrome DevTools protocol). */
export interface HeapProfile {
  readonly head: HeapNode;
  readonly samples: readonly { readonly size: number; readonly nodeId: number; readonly ordinal: number }[];
}

export interface HeapNode {
  readonly callFrame: CallFrame;
  /** Bytes that were allocated here and not in what is called from here. */
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly HeapNode[];
}

/** Reads what a profiler of V8 gives, with the types of the DevTools protocol: V8 writes the ids of scripts as numbers. */
export function readProfile(text: string): CpuProfile | HeapProfile {
  const profile = JSON.parse(text) as CpuProfile | HeapProfile;
  for (const frame of framesOf(profile)) frame.scriptId = String(frame.scriptId);
  return profile;
}

/** The frames of a profile. */
export function* framesOf(profile: CpuProfile | HeapProfile): Generator<CallFrame> {
  if ('nodes' in profile) for (const { callFrame } of profile.nodes) yield callFrame;
  else for (const { node } of heapNodes(profile)) yield node.callFrame;
}

/** All nodes of a heap profile, each with the one that calls it; without recursion, since stacks are deep. */
export function* heapNodes({
  head,
}: HeapProfile): Generator<{ node: HeapNode; caller: HeapNode | undefined }> {
  const waiting: { node: HeapNode; caller: HeapNode | undefined }[] = [{ node: head, caller: undefined }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    for (const child of next.node.children) waiting.push({ node: child, caller: next.node });
  }
}

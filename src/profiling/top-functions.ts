import { type CallFrame, type CpuProfile, type HeapProfile, heapNodes } from './v8-profile.ts';

/** What one function took by itself, without what it called. */
export interface FunctionShare {
  readonly name: string;
  /** `src/net/inbound.ts:42`, `node:net:190`, who calls it for what is written in C++, or empty for what V8 does by itself. */
  readonly place: string;
  /** Milliseconds, or bytes. */
  readonly self: number;
  /** Of the total, from 0 to 1. */
  readonly share: number;
}

/** A profile in a few lines. */
export interface ProfileSummary {
  /** Milliseconds that the thread did something, or bytes. */
  readonly total: number;
  /** The most expensive first. */
  readonly functions: readonly FunctionShare[];
}

export interface CpuSummary extends ProfileSummary {
  /** From start to end. */
  readonly wallMs: number;
}

/** What V8 says of time in which no function ran. */
const IDLE = '(idle)';

/** The functions in which a thread was found most often. Shares are of the time that it was not idle. */
export function topByTime(profile: CpuProfile, limit: number): CpuSummary {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const callers = new Map(
    profile.nodes.flatMap(({ callFrame, children = [] }) =>
      children.map((child) => [child, callFrame] as const),
    ),
  );
  const costs = new Costs();

  let atMicroseconds = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    atMicroseconds += profile.timeDeltas[index]!;
    // A sample stands for the time until the next one.
    const untilMicroseconds =
      index + 1 < profile.samples.length ? profile.timeDeltas[index + 1]! : profile.endTime - atMicroseconds;
    const ms = Math.max(0, untilMicroseconds) / 1000;
    const frame = frames.get(id);
    if (frame === undefined) continue;
    if (frame.functionName !== IDLE) costs.add(frame, callers.get(id), ms);
  }
  const wallMs = (profile.endTime - profile.startTime) / 1000;
  return { wallMs, ...costs.top(limit) };
}

/** The functions that allocated most of what a heap profile shows. */
export function topByBytes(profile: HeapProfile, limit: number): ProfileSummary {
  const costs = new Costs();
  for (const { node, caller } of heapNodes(profile))
    costs.add(node.callFrame, caller?.callFrame, node.selfSize);
  return costs.top(limit);
}

/** Costs by function, whoever called it; of what is written in C++ by caller, since its name alone says little. */
class Costs {
  readonly #byPlace = new Map<string, { name: string; place: string; self: number }>();
  #total = 0;

  add(frame: CallFrame, caller: CallFrame | undefined, cost: number): void {
    if (cost <= 0) return;
    this.#total += cost;
    const name = nameOf(frame);
    const place = placeOf(frame, caller);
    // Two functions of one line may share a name, or have none.
    const key = `${name} ${place} ${frame.columnNumber}`;
    const known = this.#byPlace.get(key);
    if (known === undefined) this.#byPlace.set(key, { name, place, self: cost });
    else known.self += cost;
  }

  top(limit: number): ProfileSummary {
    const total = this.#total;
    const functions = [...this.#byPlace.values()]
      .toSorted((left, right) => right.self - left.self)
      .slice(0, limit)
      .map((entry) => ({ ...entry, share: entry.self / total }));
    return { total, functions };
  }
}

function nameOf({ functionName }: CallFrame): string {
  return functionName === '' ? '(anonymous)' : functionName;
}

/** What is ours from `src/` on, a package from its name on, anything else by its file. */
function placeOf({ functionName, url, lineNumber }: CallFrame, caller: CallFrame | undefined): string {
  if (url === '')
    return functionName.startsWith('(') || caller === undefined ? '' : `native, for ${nameOf(caller)}`;
  const file =
    /(?:^|\/)node_modules\/(?!.*\/node_modules\/)(.*)$/.exec(url)?.[1] ?? /\/(src\/.*)$/.exec(url)?.[1];
  return `${file ?? url.replace(/^file:\/\//, '')}:${lineNumber + 1}`;
}

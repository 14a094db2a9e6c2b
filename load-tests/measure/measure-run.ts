import * as os from 'node:os';
import { chooseGenerator } from '../generators/choose-generator.ts';
import type { LoadOrder, LoadResult } from '../generators/generator.ts';
import type { Load, Measurement } from '../measurement.ts';
import type { Rig } from '../rig.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { RunningSubject, Subject } from '../subjects/subject.ts';
import { collectionPauses } from '../subjects/vitals.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { cpuBetween, cpuSnapshot, totalOf } from './cpu-use.ts';
import { MemorySampler } from './memory-sampler.ts';
import { endedChildrenNanoseconds } from './process-facts.ts';

/** Of one measurement. */
export interface RunOrder {
  readonly scenario: Scenario;
  readonly subject: Subject;
  readonly load: Load;
  readonly repetition: number;
  readonly seconds: number;
}

/** At full speed Node compiles in this time what is hot: it is some 10,000 requests. */
const WARM_UP_SECONDS = 2;
/** The gateway tells of the delay of its event loops in windows of ten seconds; only one that lies within the load is told. */
const WHOLE_WINDOW_SECONDS = 20;

/** Starts a subject, warms it up, measures it under its load, ends it, and counts its records. */
export async function measureRun(rig: Rig, upstream: Upstream, order: RunOrder): Promise<Measurement> {
  const { scenario, subject, load, repetition, seconds } = order;
  const requestsBefore = await upstream.requests();
  const running = await subject.start(rig, upstream, scenario.sink);
  const soFar = async (): Promise<number> => (await upstream.requests()) - requestsBefore;
  let isFinished = false;
  try {
    await warmUp(rig, running, order);
    await running.settled(await soFar());
    await running.warmedUp();
    const measured = await measureLoad(rig, upstream, running, order, soFar);
    isFinished = true;
    const records = await running.finish(await soFar());
    return {
      scenario: scenario.name,
      subject: subject.name,
      load,
      repetition,
      seconds: round(measured.result.seconds, 3),
      requests: measured.result.requests,
      errors: measured.result.errors,
      requestsPerSecond: round(measured.result.requests / measured.result.seconds, 1),
      latencyMs: measured.result.latencyMs,
      ...measured.facts,
      records,
      extra: { ...running.extra(), ...measured.extra },
    };
  } finally {
    if (!isFinished) await running.finish(0).catch(() => null);
  }
}

async function warmUp(rig: Rig, { url }: RunningSubject, { scenario, seconds }: RunOrder): Promise<void> {
  if (scenario.traffic.kind !== 'requests') return;
  const load: Load = { kind: 'full-speed', connections: 50 };
  const order = orderOf(scenario.traffic, url, load, Math.min(WARM_UP_SECONDS, seconds));
  await chooseGenerator(rig, load, order.pipelined).run(order);
}

async function measureLoad(
  rig: Rig,
  upstream: Upstream,
  running: RunningSubject,
  { scenario, load, seconds }: RunOrder,
  soFar: () => Promise<number>,
): Promise<{
  result: LoadResult;
  facts: Pick<Measurement, 'cpu' | 'memory' | 'eventLoopDelayMs' | 'collectionPauses' | 'loadShare'>;
  extra: Record<string, number>;
}> {
  const vitalsBefore = await running.vitals();
  const before = cpuSnapshot(running.pids);
  const upstreamBefore = cpuSnapshot(upstream.pids);
  const generatorBefore = endedChildrenNanoseconds();
  const startMs = performance.now();
  const sampler = new MemorySampler(running.pids, () => upstream.requests());
  const result = await sendTraffic(rig, running, scenario, load, seconds).finally(() => sampler.stop());
  const memory = await sampler.stop();
  const loadNanoseconds =
    endedChildrenNanoseconds() -
    generatorBefore +
    totalOf(cpuBetween(upstreamBefore, cpuSnapshot(upstream.pids), () => 'all'));
  const elapsedMs = performance.now() - startMs;
  const vitals = await running.vitals();
  // What the requests have caused and is still under way is theirs too.
  await running.settled(await soFar());
  const used = cpuBetween(before, cpuSnapshot(running.pids), running.groupOf);
  return {
    result,
    facts: {
      cpu: {
        perRequest: perRequest(totalOf(used), result.requests),
        byThread: Object.fromEntries(
          Object.entries(used).map(([group, nanoseconds]) => [
            group,
            perRequest(nanoseconds, result.requests),
          ]),
        ),
      },
      memory,
      eventLoopDelayMs: seconds >= WHOLE_WINDOW_SECONDS ? (vitals?.eventLoopDelayMs ?? null) : null,
      collectionPauses: collectionPauses(vitalsBefore, vitals),
      loadShare: round(loadNanoseconds / (elapsedMs * 1e6 * os.availableParallelism()), 3),
    },
    extra: {},
  };
}

async function sendTraffic(
  rig: Rig,
  { url }: RunningSubject,
  { traffic }: Scenario,
  load: Load,
  seconds: number,
): Promise<LoadResult> {
  if (traffic.kind !== 'requests') throw new Error(`no load of the kind ${traffic.kind}`);
  const order = orderOf(traffic, url, load, seconds);
  return chooseGenerator(rig, load, order.pipelined).run(order);
}

function orderOf(
  { request, isNewConnectionEach, pipelined }: Extract<Scenario['traffic'], { kind: 'requests' }>,
  url: string,
  load: Load,
  seconds: number,
): LoadOrder {
  return { url, request, load, seconds, isNewConnectionEach, pipelined };
}

/** Microseconds. */
function perRequest(nanoseconds: number, requests: number): number {
  return requests === 0 ? 0 : round(nanoseconds / 1000 / requests, 2);
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

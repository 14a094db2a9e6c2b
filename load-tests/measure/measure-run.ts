import { sendTraffic } from '../generators/send-traffic.ts';
import type { OwnResult } from '../generators/own/order.ts';
import type { Load, Measurement, Memory } from '../measurement.ts';
import type { Rig } from '../rig.ts';
import { reference } from '../scenarios/reference.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { RunningSubject, Subject } from '../subjects/subject.ts';
import { collectionPauses } from '../subjects/vitals.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { cpuBetween, cpuSnapshot, totalOf } from './cpu-use.ts';
import { MemorySampler } from './memory-sampler.ts';
import { rssAfterOverAfterFirstMinute } from './rss-over-time.ts';
import { type Shares, TimeShares } from './time-shares.ts';

/** What is to be measured. */
export interface RunOrder {
  readonly scenario: Scenario;
  readonly subject: Subject;
  readonly load: Load;
  readonly repetition: number;
  readonly seconds: number;
}

const WARM_UP_LOAD: Load = { kind: 'full-speed', connections: 50 };
/** The gateway tells of the delay of its event loops in windows of ten seconds; only one that lies within the load is told. */
const WHOLE_WINDOW_SECONDS = 20;

/** Starts a subject, warms it up, measures it under its load, ends it, and counts its records. */
export async function measureRun(rig: Rig, upstream: Upstream, order: RunOrder): Promise<Measurement> {
  const { scenario, subject, load, repetition } = order;
  const requestsBefore = await upstream.requests();
  const soFar = async (): Promise<number> => (await upstream.requests()) - requestsBefore;
  const running = await subject.start(rig, upstream, scenario.sink);
  try {
    const warmUpResult = await warmUp(rig, running, order);
    await running.settled();
    await running.warmedUp();
    const { result, facts, shares } = await measureLoad(rig, upstream, running, order);
    const records = await running.finish(await soFar(), warmUpResult.mayBeCut + result.mayBeCut);
    return {
      scenario: scenario.name,
      subject: subject.name,
      load,
      repetition,
      seconds: round(result.seconds, 3),
      requests: result.requests,
      errors: result.errors,
      requestsPerSecond: round(result.requests / result.seconds, 1),
      latencyMs: result.latencyMs,
      ...facts,
      records,
      extra: {
        strangersShare: round(shares.strangers, 3),
        ...running.extra(),
        ...result.extra,
        ...memoryFigure(scenario, facts.memory),
      },
    };
  } finally {
    await running.stop();
  }
}

/** At full speed, with what will be sent where that is requests: Node compiles what is hot. */
async function warmUp(
  rig: Rig,
  running: RunningSubject,
  { scenario, subject, seconds }: RunOrder,
): Promise<OwnResult> {
  const traffic = scenario.traffic.kind === 'requests' ? scenario.traffic : reference.traffic;
  const read = await sendTraffic(
    rig,
    running,
    traffic,
    WARM_UP_LOAD,
    Math.min(subject.warmUpSeconds, seconds),
  );
  return read();
}

async function measureLoad(
  rig: Rig,
  upstream: Upstream,
  running: RunningSubject,
  { scenario, load, seconds }: RunOrder,
): Promise<{
  result: OwnResult;
  facts: Pick<Measurement, 'cpu' | 'memory' | 'eventLoopDelayMs' | 'collectionPauses' | 'loadShare'>;
  shares: Shares;
}> {
  const vitalsBefore = await running.vitals();
  const before = cpuSnapshot(running.pids);
  const timeShares = new TimeShares({
    application: upstream.pids,
    subject: running.pids,
    companions: running.companionPids,
  });
  const sampler = new MemorySampler(running.pids, () => upstream.requests());
  const read = await sendTraffic(rig, running, scenario.traffic, load, seconds).catch(
    async (error: unknown) => {
      await sampler.stop();
      throw error;
    },
  );
  const memory = await sampler.stop();
  const shares = timeShares.read();
  const result = await read();
  const vitals = await running.vitals();
  // What the requests have caused and is still under way is theirs too.
  await running.settled();
  const used = cpuBetween(before, cpuSnapshot(running.pids), running.groupOf);
  const { requests } = result;
  return {
    result,
    facts: {
      cpu: {
        perRequest: perRequest(totalOf(used), requests),
        byThread: Object.fromEntries(
          Object.entries(used).map(([group, nanoseconds]) => [group, perRequest(nanoseconds, requests)]),
        ),
      },
      memory,
      eventLoopDelayMs: result.seconds >= WHOLE_WINDOW_SECONDS ? (vitals?.eventLoopDelayMs ?? null) : null,
      collectionPauses: collectionPauses(vitalsBefore, vitals),
      loadShare: round(shares.load, 3),
    },
    shares,
  };
}

function memoryFigure(
  { memoryFigure: figure }: Scenario,
  { rssStartBytes, rssPeakBytes, series }: Memory,
): Record<string, number> {
  switch (figure) {
    case 'growth':
      return { rssGrowthBytes: rssPeakBytes - rssStartBytes };
    case 'over-time': {
      const ratio = rssAfterOverAfterFirstMinute(series);
      return ratio === null ? {} : { rssAfterOverAfterFirstMinute: ratio };
    }
    case null:
      return {};
  }
}

/** Microseconds. */
function perRequest(nanoseconds: number, requests: number): number {
  return requests === 0 ? 0 : round(nanoseconds / 1000 / requests, 2);
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

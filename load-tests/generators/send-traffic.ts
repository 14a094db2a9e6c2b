import type { Load } from '../measurement.ts';
import { readRssBytes } from '../measure/process-facts.ts';
import type { Rig } from '../rig.ts';
import type { Traffic } from '../scenarios/scenario.ts';
import { chooseGenerator } from './choose-generator.ts';
import type { Reading } from './generator.ts';
import { idleConnections } from './idle-connections.ts';
import type { OwnResult } from './own/order.ts';
import { runOwn } from './own/own.ts';

/** Where traffic goes: an address, and the processes behind it. */
export interface Target {
  readonly url: string;
  readonly pids: readonly number[];
}

/** Sends the traffic of a scenario, for so many seconds where it has no end of its own. Resolves when it is over. */
export async function sendTraffic(
  rig: Rig,
  { url, pids }: Target,
  traffic: Traffic,
  load: Load,
  seconds: number,
): Promise<Reading<OwnResult>> {
  const { connections } = load;
  switch (traffic.kind) {
    case 'requests': {
      const { request, isNewConnectionEach, pipelined } = traffic;
      const order = { url, request, load, seconds, isNewConnectionEach, pipelined };
      const read = await chooseGenerator(rig, load, pipelined).run(order);
      return async () => ({ extra: {}, ...(await read()) });
    }
    case 'idle-connections':
      return readingOf(
        await idleConnections({
          url,
          connections,
          restMs: seconds * 1000,
          rssBytes: () => readRssBytes(pids),
        }),
      );
    case 'transfer':
      return readingOf(await runOwn(rig, { kind: 'transfer', url, bytes: traffic.bytes }));
    case 'slow-readers':
    case 'events':
      return readingOf(await runOwn(rig, { ...traffic, url, connections, seconds }));
  }
}

function readingOf(result: OwnResult): Reading<OwnResult> {
  return () => Promise.resolve(result);
}

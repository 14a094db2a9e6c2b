import type { Load, Measurement } from './measurement.ts';
import { measureRun } from './measure/measure-run.ts';
import type { Rig } from './rig.ts';
import { reference } from './scenarios/reference.ts';
import { taplineBulk } from './subjects/tapline.ts';
import type { Upstream } from './upstream/upstream.ts';

const SECONDS = 3;
/** Above it a generator that keeps a rate takes the processors from what it measures: on two of them its own requests came late. */
const MAX_PER_SECOND = 4000;

/** Half of the rate that full capture to a bulk sink carries at full speed, a second: as measured in this run, or else measured now; bounded. */
export async function halfOfFullCapture(
  rig: Rig,
  upstream: Upstream,
  measurements: readonly Measurement[],
): Promise<number> {
  const known = measurements
    .filter(
      ({ scenario, subject, load }) =>
        scenario === reference.name && subject === taplineBulk.name && load.kind === 'full-speed',
    )
    .map(({ requestsPerSecond }) => requestsPerSecond)
    .sort((left, right) => left - right);
  const load: Load = { kind: 'full-speed', connections: 50 };
  const carried =
    known[known.length >> 1] ??
    (
      await measureRun(rig, upstream, {
        scenario: reference,
        subject: taplineBulk,
        load,
        repetition: 1,
        seconds: SECONDS,
      })
    ).requestsPerSecond;
  return Math.max(1, Math.min(MAX_PER_SECOND, Math.round(carried / 2)));
}

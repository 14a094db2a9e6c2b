import type { Load, Measurement } from './measurement.ts';
import { measureRun } from './measure/measure-run.ts';
import type { PlannedRun } from './plan.ts';
import { Progress } from './progress.ts';
import type { Rig } from './rig.ts';
import { subjects } from './subjects/index.ts';
import { startUpstream, type Upstream } from './upstream/upstream.ts';

/** Start, warm-up, drain and count of a measurement, in seconds: only for the progress bar. */
const AROUND_SECONDS = 5;

/** What a plan gave. */
export interface Outcome {
  readonly measurements: readonly Measurement[];
  /** What was left out, and why. */
  readonly left: readonly string[];
  /** Runs that failed, and records that do not balance. */
  readonly problems: readonly string[];
}

/** Makes the measurements of a plan, one after the other. A run that fails is a problem, and the others go on. */
export async function runAll(rig: Rig, plan: readonly PlannedRun[]): Promise<Outcome> {
  const measurements: Measurement[] = [];
  const left = new Set<string>(missingTools(rig));
  const problems: string[] = [];
  const progress = new Progress(
    process.stderr,
    process.env,
    plan.reduce((sum, { seconds }) => sum + seconds + AROUND_SECONDS, 0),
  );
  let upstream: Upstream | null = null;
  let before: PlannedRun | null = null;
  try {
    for (const planned of plan) {
      const { scenario, subject: name, repetition, repetitions, seconds } = planned;
      const subject = subjects.find((one) => one.name === name)!;
      const reason = subject.missing(rig);
      progress.begin(`${scenario.name}, ${name} ${repetition}/${repetitions}`);
      if (reason !== null) {
        left.add(`${name}: ${reason}`);
        progress.end(seconds + AROUND_SECONDS, 'left out');
        continue;
      }
      if (before?.scenario !== scenario || before.load !== planned.load) {
        await upstream?.stop();
        upstream = await startUpstream(rig, scenario.upstream);
        before = planned;
      }
      try {
        const load = planned.load as Load;
        const measured = await measureRun(rig, upstream!, { scenario, subject, load, repetition, seconds });
        measurements.push(measured);
        if (measured.records?.isBalanced === false)
          problems.push(
            `${scenario.name}, ${name}, repetition ${repetition}: ${measured.records.found} records of ${measured.records.expected} requests`,
          );
        progress.end(seconds + AROUND_SECONDS, summary(measured));
      } catch (error) {
        problems.push(`${scenario.name}, ${name}, repetition ${repetition}: ${(error as Error).message}`);
        progress.end(seconds + AROUND_SECONDS, 'failed');
      }
    }
  } finally {
    progress.stop();
    await upstream?.stop();
  }
  return { measurements, left: [...left], problems };
}

function summary({ requestsPerSecond, cpu, records }: Measurement): string {
  return `${Math.round(requestsPerSecond)}/s, ${cpu.perRequest} µs each${records?.isBalanced === false ? ', RECORDS DO NOT BALANCE' : ''}`;
}

function missingTools({ tools }: Rig): string[] {
  return [
    ...(tools.wrk === null ? ['wrk is not installed: full speed by our own generator, which is slower'] : []),
    ...(tools.vegeta === null ? ['vegeta is not installed: constant rates by our own generator'] : []),
    ...(tools.nginx === null
      ? ['nginx is not installed: the application is a Node server, which may be the bound']
      : []),
  ];
}

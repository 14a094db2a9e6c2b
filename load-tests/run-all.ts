import { isFaulty } from './faulty.ts';
import { measureRun } from './measure/measure-run.ts';
import type { Measurement } from './measurement.ts';
import type { PlannedRun } from './plan.ts';
import { Progress } from './progress.ts';
import type { Rig } from './rig.ts';
import { Scene } from './scene.ts';
import { boundByLoad, disturbance, lateRates, missingTools } from './shortcomings.ts';
import { subjects } from './subjects/index.ts';

/** Start, warm-up, drain and count of a measurement, in seconds: only for the progress bar. */
const AROUND_SECONDS = 5;

/** What a plan gave. */
export interface Outcome {
  readonly measurements: readonly Measurement[];
  /** What was left out, failed, or is less than it should be, and why. */
  readonly left: readonly string[];
  /** Whether a run failed, answers failed, or records do not balance. */
  readonly hasFault: boolean;
}

/** Makes the measurements of a plan, one after the other. A run that fails is told of, and the others go on; once `signal` aborts, none starts. */
export async function runAll(rig: Rig, plan: readonly PlannedRun[], signal: AbortSignal): Promise<Outcome> {
  const measurements: Measurement[] = [];
  const left = new Set<string>(missingTools(rig.tools));
  let hasFault = false;
  const progress = new Progress(
    process.stderr,
    process.env,
    plan.reduce((sum, { seconds }) => sum + seconds + AROUND_SECONDS, 0),
  );
  const scene = new Scene(rig, measurements);
  const perform = async (planned: PlannedRun, text: string): Promise<string> => {
    const { scenario, repetition, seconds } = planned;
    const subject = subjects.find(({ name }) => name === planned.subject)!;
    const reason = subject.missing(rig);
    if (reason !== null) {
      left.add(`${subject.name}: ${reason}`);
      return 'left out';
    }
    try {
      const { upstream, load } = await scene.of(planned);
      const measured = await measureRun(rig, upstream, { scenario, subject, load, repetition, seconds });
      measurements.push(measured);
      hasFault ||= isFaulty(measured);
      return summary(measured);
    } catch (error) {
      if (signal.aborted) return 'interrupted';
      hasFault = true;
      const line = `failed: ${(error as Error).message}`;
      left.add(`${text} ${line}`);
      return line;
    }
  };
  try {
    for (const planned of plan) {
      if (signal.aborted) break;
      const { scenario, subject, repetition, repetitions, seconds } = planned;
      const text = `${scenario.name}, ${subject} ${repetition}/${repetitions}`;
      progress.begin(text);
      progress.end(seconds + AROUND_SECONDS, await perform(planned, text));
    }
  } finally {
    progress.stop();
    await scene.stop();
  }
  return {
    measurements,
    left: [...left, ...lateRates(measurements), ...boundByLoad(measurements), ...disturbance(measurements)],
    hasFault,
  };
}

function summary(measured: Measurement): string {
  const { requestsPerSecond, cpu, errors, records } = measured;
  return [
    `${Math.round(requestsPerSecond)}/s, ${cpu.perRequest} µs each`,
    ...(errors > 0 ? [`${errors} FAILED`] : []),
    ...(records?.isBalanced === false ? ['RECORDS DO NOT BALANCE'] : []),
  ].join(', ');
}

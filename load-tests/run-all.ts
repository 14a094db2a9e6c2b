import { halfOfFullCapture } from './half-of-full-capture.ts';
import type { Load, Measurement } from './measurement.ts';
import { measureRun } from './measure/measure-run.ts';
import type { PlannedRun } from './plan.ts';
import { Progress } from './progress.ts';
import type { Rig } from './rig.ts';
import { subjects } from './subjects/index.ts';
import { startUpstream, type Upstream } from './upstream/upstream.ts';

/** Start, warm-up, drain and count of a measurement, in seconds: only for the progress bar. */
const AROUND_SECONDS = 5;

/** What others may take of the machine's time without a word. */
const UNDISTURBED_SHARE = 0.05;

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
  const scene = new Scene(rig, measurements);
  try {
    for (const planned of plan) {
      const { scenario, repetition, repetitions, seconds } = planned;
      const subject = subjects.find(({ name }) => name === planned.subject)!;
      const text = `${scenario.name}, ${subject.name} ${repetition}/${repetitions}`;
      progress.begin(text);
      const reason = subject.missing(rig);
      let line: string;
      if (reason !== null) {
        left.add(`${subject.name}: ${reason}`);
        line = 'left out';
      } else
        try {
          const { upstream, load } = await scene.of(planned);
          const measured = await measureRun(rig, upstream, { scenario, subject, load, repetition, seconds });
          measurements.push(measured);
          problems.push(...problemsOf(measured).map((problem) => `${text}: ${problem}`));
          line = summary(measured);
        } catch (error) {
          problems.push(`${text}: ${(error as Error).message}`);
          line = 'failed';
        }
      progress.end(seconds + AROUND_SECONDS, line);
    }
  } finally {
    progress.stop();
    await scene.stop();
  }
  return { measurements, left: [...left, ...disturbance(measurements)], problems };
}

/** What all subjects of one scenario and load share: the application, and the load where it has to be found out first. */
class Scene {
  readonly #rig: Rig;
  readonly #measurements: readonly Measurement[];
  #planned: PlannedRun | null = null;
  #upstream: Upstream | null = null;
  #load: Load | null = null;

  constructor(rig: Rig, measurements: readonly Measurement[]) {
    this.#rig = rig;
    this.#measurements = measurements;
  }

  async of(planned: PlannedRun): Promise<{ upstream: Upstream; load: Load }> {
    if (this.#planned?.scenario !== planned.scenario || this.#planned.load !== planned.load) {
      await this.stop();
      this.#planned = planned;
    }
    const upstream = (this.#upstream ??= await startUpstream(this.#rig, planned.scenario.upstream));
    const load = (this.#load ??= await this.#loadOf(planned, upstream));
    return { upstream, load };
  }

  async stop(): Promise<void> {
    await this.#upstream?.stop();
    this.#upstream = null;
    this.#load = null;
  }

  async #loadOf({ load }: PlannedRun, upstream: Upstream): Promise<Load> {
    if (load.kind !== 'half-of-full-capture') return load;
    const perSecond = await halfOfFullCapture(this.#rig, upstream, this.#measurements);
    return { kind: 'constant-rate', connections: load.connections, perSecond };
  }
}

function problemsOf({ records, requests, errors }: Measurement): string[] {
  return [
    ...(records?.isBalanced === false ? [`${records.found} records of ${records.expected} requests`] : []),
    ...(errors > 0 ? [`${errors} of ${requests} requests failed`] : []),
  ];
}

/** A line that warns of figures that were measured beside other programs; none where the machine was ours. */
function disturbance(measurements: readonly Measurement[]): string[] {
  const shares = measurements
    .map(({ extra }) => extra['strangersShare'] ?? 0)
    .sort((left, right) => left - right);
  const median = shares[shares.length >> 1] ?? 0;
  return median > UNDISTURBED_SHARE
    ? [`a quiet machine: other programs took ${Math.round(median * 100)} % of its time`]
    : [];
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

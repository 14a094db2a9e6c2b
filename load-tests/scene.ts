import { halfOfFullCapture } from './half-of-full-capture.ts';
import type { Load, Measurement } from './measurement.ts';
import type { PlannedRun } from './plan.ts';
import type { Rig } from './rig.ts';
import { startUpstream, type Upstream } from './upstream/upstream.ts';

/** What all subjects of one scenario and load share: the application, and the load where it has to be found out first. */
export class Scene {
  readonly #rig: Rig;
  readonly #measurements: readonly Measurement[];
  #planned: PlannedRun | null = null;
  #upstream: Upstream | null = null;
  #load: Load | null = null;

  /** @param measurements those of this run so far */
  constructor(rig: Rig, measurements: readonly Measurement[]) {
    this.#rig = rig;
    this.#measurements = measurements;
  }

  /** For a run: the same as for the run before where scenario and load are. */
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

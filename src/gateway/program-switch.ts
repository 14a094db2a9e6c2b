import type { Options } from '../config/options.ts';
import type { Graph } from '../script/graph.ts';
import type { BoundAddress } from './front.ts';
import { type ProgramActivity, sumActivities, type ThreadActivity } from './program-activity.ts';
import type { ProgramSource } from './program-source.ts';
import type { ThreadHost } from './thread-host.ts';
import { tryProgram } from './try-program.ts';

/** The page asks every second: a thread that is late is left out, and said to be. */
const ACTIVITY_MS = 2000;

/** Undoing takes no time, but in a thread that is stuck. */
const CANCEL_MS = 2000;

/** A program that is served. */
export interface RunningProgram {
  readonly source: ProgramSource;
  /** Where it listens, in the order of the program. */
  readonly addresses: readonly BoundAddress[];
  /** How many programs were started before it in this process: counts begin anew with each. */
  readonly generation: number;
}

/** The program of all data threads together: which it is, and how it is replaced. One change after the other. */
export class ProgramSwitch {
  readonly #threads: readonly ThreadHost[];
  readonly #options: Options;
  #running: RunningProgram | null;
  #generation = 0;
  #lastChange: Promise<unknown> = Promise.resolve();
  #changes = 0;
  #asked: Promise<ProgramActivity> | null = null;
  #drawn: { readonly generation: number; readonly graphs: Promise<Readonly<Record<string, Graph>>> } | null =
    null;

  /** @param source what the threads were started with */
  constructor(
    threads: readonly ThreadHost[],
    options: Options,
    source: ProgramSource | null,
    addresses: readonly BoundAddress[],
  ) {
    this.#threads = threads;
    this.#options = options;
    this.#running = source === null ? null : { source, addresses, generation: 0 };
  }

  get running(): RunningProgram | null {
    return this.#running;
  }

  get isSwitching(): boolean {
    return this.#changes > 0;
  }

  start(source: ProgramSource): Promise<readonly BoundAddress[]> {
    return this.#inTurn(async () => {
      await tryProgram({ program: source, options: this.#options });
      return this.#serve(source);
    });
  }

  reload(): Promise<readonly BoundAddress[]> {
    return this.#inTurn(() => {
      if (this.#running === null) throw new Error('no script is running');
      return this.#serve(this.#running.source);
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#running = null;
      this.#generation++;
      await Promise.all(this.#threads.map((thread) => thread.ask({ type: 'clear' })));
    });
  }

  /** All threads serve the same. Drawn once for each program, on a thread that has traffic to carry. */
  async graphs(): Promise<Readonly<Record<string, Graph>>> {
    const [first] = this.#threads;
    if (first === undefined) return {};
    if (this.#drawn?.generation === this.#generation) return this.#drawn.graphs;
    const drawn = {
      generation: this.#generation,
      graphs: first.ask<Record<string, Graph>>({ type: 'graphs' }),
    };
    this.#drawn = drawn;
    drawn.graphs.catch(() => {
      if (this.#drawn === drawn) this.#drawn = null;
    });
    return drawn.graphs;
  }

  /** Who asks while another waits for the answer gets the same. */
  activity(): Promise<ProgramActivity> {
    return (this.#asked ??= this.#activity().finally(() => (this.#asked = null)));
  }

  async #activity(): Promise<ProgramActivity> {
    const silentThreads: string[] = [];
    const generation = this.#generation;
    const answers = await Promise.all(
      this.#threads.map((thread) =>
        thread.ask<ThreadActivity>({ type: 'activity' }, ACTIVITY_MS).catch(() => {
          silentThreads.push(thread.name);
          return null;
        }),
      ),
    );
    return {
      generation,
      atMs: Date.now(),
      silentThreads,
      ...sumActivities(answers.filter((answer) => answer !== null)),
    };
  }

  /**
   * Every data thread loads the program anew and binds its new ports; only where all could, all switch (spec cli 6). Rejects with what is
   * wrong; the old program runs on then.
   */
  async #serve(source: ProgramSource): Promise<readonly BoundAddress[]> {
    const threads = this.#threads;
    let addresses: readonly BoundAddress[] = [];
    try {
      for (const thread of threads)
        addresses = await thread.ask<readonly BoundAddress[]>({
          type: 'prepare',
          program: source,
          addresses,
        });
    } catch (error) {
      // One that is stuck undoes it when it can.
      await Promise.allSettled(threads.map((thread) => thread.ask({ type: 'cancel' }, CANCEL_MS)));
      throw error;
    }
    await Promise.all(threads.map((thread) => thread.ask({ type: 'commit' })));
    this.#running = { source, addresses, generation: ++this.#generation };
    return addresses;
  }

  #inTurn<T>(fn: () => T | Promise<T>): Promise<T> {
    this.#changes++;
    const result = this.#lastChange.then(fn).finally(() => this.#changes--);
    this.#lastChange = result.catch(() => {});
    return result;
  }
}

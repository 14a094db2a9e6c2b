import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is looked at. Each look wakes it: two idle threads took 0.4 % of a core at 20 ms. */
const RESOLUTION_MS = 50;

/** What is told is of the last such stretch: whoever asks, and how often, changes nothing of it. */
const WINDOW_MS = 10_000;

/** How late an event loop was, in seconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How late the event loop of this thread is, over the last ten seconds. */
export class EventLoopDelay {
  readonly #histogram: ELDHistogram;
  readonly #timer: NodeJS.Timeout;
  #last: LoopDelay | null = null;

  constructor() {
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    histogram.enable();
    this.#histogram = histogram;
    this.#timer = setInterval(() => {
      this.#last = this.#now();
      histogram.reset();
    }, WINDOW_MS);
    this.#timer.unref();
  }

  get seconds(): LoopDelay {
    return this.#last ?? this.#now();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  #now(): LoopDelay {
    const histogram = this.#histogram;
    if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
    return {
      p50: lateness(histogram.percentile(50)),
      p99: lateness(histogram.percentile(99)),
      max: lateness(histogram.max),
    };
  }
}

/** What Node measures is the time between two looks, with the time that lies between them on purpose. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
}

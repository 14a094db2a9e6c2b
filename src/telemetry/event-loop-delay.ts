import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is looked at. Each look wakes it: two idle threads took 0.4 % of a core at 20 ms. */
const RESOLUTION_MS = 50;

/** What is told is of the last such stretch: whoever asks, and how often, changes nothing of it. */
const WINDOW_MS = 10_000;

/** How late the event loop of this thread is, as the 99th percentile of the last ten seconds. */
export class EventLoopDelay {
  readonly #histogram: ELDHistogram;
  readonly #timer: NodeJS.Timeout;
  #lastSeconds: number | null = null;

  constructor() {
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    histogram.enable();
    this.#histogram = histogram;
    this.#timer = setInterval(() => {
      this.#lastSeconds = this.#now();
      histogram.reset();
    }, WINDOW_MS);
    this.#timer.unref();
  }

  get p99Seconds(): number {
    return this.#lastSeconds ?? this.#now();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  /** What Node measures is the time between two looks, with the time that lies between them on purpose. */
  #now(): number {
    if (this.#histogram.count === 0) return 0;
    return Math.max(0, this.#histogram.percentile(99) / 1e9 - RESOLUTION_MS / 1e3);
  }
}

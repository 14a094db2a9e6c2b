import type { Memory } from '../measurement.ts';
import { readRssBytes, watchPeakRss } from './process-facts.ts';

const SAMPLE_MS = 500;
/** What a report keeps of a long run. */
const KEPT_SAMPLES = 300;

/** Follows the memory of processes, and the rate of requests that the application counts, twice a second. */
export class MemorySampler {
  readonly #pids: readonly number[];
  readonly #requests: () => Promise<number>;
  readonly #series: [number, number, number | null][] = [];
  readonly #startMs = performance.now();
  readonly #rssStartBytes: number;
  #last: { atMs: number; requests: number } | null = null;
  readonly #peak: (() => number) | null;
  #rssPeakBytes: number;
  #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  constructor(pids: readonly number[], requests: () => Promise<number>) {
    this.#pids = pids;
    this.#requests = requests;
    this.#peak = watchPeakRss(pids);
    this.#rssStartBytes = readRssBytes(pids);
    this.#rssPeakBytes = this.#rssStartBytes;
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, SAMPLE_MS);
    this.#looking = this.#look();
  }

  async stop(): Promise<Memory> {
    clearInterval(this.#timer);
    await this.#looking;
    const rssEndBytes = readRssBytes(this.#pids);
    return {
      rssStartBytes: this.#rssStartBytes,
      rssPeakBytes: Math.max(this.#rssPeakBytes, rssEndBytes, this.#peak?.() ?? 0),
      rssEndBytes,
      series: thinned(this.#series),
    };
  }

  async #look(): Promise<void> {
    const rssBytes = readRssBytes(this.#pids);
    const atMs = performance.now();
    this.#rssPeakBytes = Math.max(this.#rssPeakBytes, rssBytes);
    const requests = await this.#requests().catch(() => null);
    const last = this.#last;
    const rate =
      requests === null || last === null
        ? null
        : Math.round(((requests - last.requests) * 1000) / (atMs - last.atMs));
    if (requests !== null) this.#last = { atMs, requests };
    this.#series.push([Math.round((atMs - this.#startMs) / 100) / 10, rssBytes, rate]);
  }
}

/** Evenly, at most so many as are kept. */
function thinned(series: Memory['series']): Memory['series'] {
  const step = Math.ceil(series.length / KEPT_SAMPLES);
  return step <= 1 ? series : series.filter((_, index) => index % step === 0);
}

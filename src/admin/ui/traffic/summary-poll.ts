import { signal } from '@preact/signals';
import type { RecordSummary } from '../../api/records/record-summary.ts';
import { requestJson } from '../api/request.ts';
import { filterParameters, isLive, type RecordFilter } from './record-filter.ts';

const PAUSE_MS = 2000;
/** Where an answer takes long, twice as long a pause follows, up to this. */
const MAX_PAUSE_MS = 10_000;

/** Counts over all that match, asked for again and again while somebody looks and more may come. */
export class SummaryPoll {
  readonly summary = signal<RecordSummary | null>(null);
  readonly #filter: RecordFilter;
  readonly #ended = new AbortController();
  #isPaused = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isAsking = false;

  constructor(filter: RecordFilter) {
    this.#filter = filter;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    void this.ask();
  }

  stop(): void {
    this.#ended.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  /** While paused, what is known stays. */
  pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (!isPaused) void this.ask();
  }

  /** Asks now, and again after a while. */
  async ask(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isAsking || this.#ended.signal.aborted || document.visibilityState === 'hidden') return;
    this.#isAsking = true;
    const startedMs = performance.now();
    try {
      this.summary.value = await requestJson<RecordSummary>(
        `/api/records/summary?${filterParameters(this.#filter, Date.now())}`,
        { signal: this.#ended.signal },
      );
    } catch {
      // The list tells what is wrong; what was counted before stays.
    } finally {
      this.#isAsking = false;
    }
    if (this.#isPaused || this.#ended.signal.aborted || !isLive(this.#filter, Date.now())) return;
    const tookMs = performance.now() - startedMs;
    this.#timer = setTimeout(() => void this.ask(), Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, 2 * tookMs)));
  }

  readonly #onVisibility = (): void => {
    if (document.visibilityState === 'visible' && !this.#isPaused) void this.ask();
  };
}

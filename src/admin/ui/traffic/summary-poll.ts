import { signal } from '@preact/signals';
import type { RecordSummary } from '../../api/records/record-summary.ts';
import { requestJson } from '../api/request.ts';
import { Poll } from '../parts/poll.ts';
import { filterParameters, isLive, type RecordFilter } from './record-filter.ts';

const PAUSE_MS = 2000;
/** Where an answer takes long, twice as long a pause follows, up to this. */
const MAX_PAUSE_MS = 10_000;

/** Counts over all that match, asked for again and again while somebody looks and more may come. */
export class SummaryPoll {
  readonly summary = signal<RecordSummary | null>(null);
  readonly #filter: RecordFilter;
  readonly #poll = new Poll((signal) => this.#ask(signal));
  #isPaused = false;

  constructor(filter: RecordFilter) {
    this.#filter = filter;
  }

  start(): void {
    this.#poll.start();
  }

  stop(): void {
    this.#poll.stop();
  }

  /** While paused, what is known stays. */
  pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#poll.rest();
    else this.#poll.now();
  }

  /** Asks out of turn, also while paused. */
  refresh(): void {
    this.#poll.now();
  }

  async #ask(signal: AbortSignal): Promise<number | null> {
    const startedMs = performance.now();
    try {
      this.summary.value = await requestJson<RecordSummary>(
        `/api/records/summary?${filterParameters(this.#filter, Date.now())}`,
        { signal },
      );
    } catch {
      // The list tells what is wrong; what was counted before stays.
    }
    if (this.#isPaused || !isLive(this.#filter, Date.now())) return null;
    return Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, 2 * (performance.now() - startedMs)));
  }
}

const KEPT_SECONDS = 5;

/** How many records arrive a second, over the last few seconds. */
export class ArrivalRate {
  /** Counts by second; the seconds they are of. */
  readonly #counts = Array.from({ length: KEPT_SECONDS + 1 }, () => 0);
  readonly #seconds = Array.from({ length: KEPT_SECONDS + 1 }, () => -1);

  add(count: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const at = second % this.#counts.length;
    if (this.#seconds[at] !== second) {
      this.#seconds[at] = second;
      this.#counts[at] = 0;
    }
    this.#counts[at]! += count;
  }

  /** Over the whole seconds before this one. */
  perSecond(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    let sum = 0;
    for (const [at, of] of this.#seconds.entries())
      if (of >= second - KEPT_SECONDS && of < second) sum += this.#counts[at]!;
    return sum / KEPT_SECONDS;
  }
}

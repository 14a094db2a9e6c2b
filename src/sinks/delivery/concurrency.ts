/**
 * How many batches may be under way: one more after a round of successes, half of it when the sink asks for less, one after a failure
 * (additive increase, multiplicative decrease, as TCP does).
 */
export class Concurrency {
  readonly #max: number;
  #limit = 1;
  #successes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get limit(): number {
    return this.#limit;
  }

  /** @param isSaturated the limit was what held further batches back; otherwise more room is no use */
  succeeded(isSaturated: boolean): void {
    if (!isSaturated || this.#limit >= this.#max) return;
    if (++this.#successes < this.#limit) return;
    this.#successes = 0;
    this.#limit++;
  }

  overloaded(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#successes = 0;
  }

  failed(): void {
    this.#limit = 1;
    this.#successes = 0;
  }
}

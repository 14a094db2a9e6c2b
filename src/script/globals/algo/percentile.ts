import { expects } from '../declaration.ts';

/** The class `algo.Percentile` (spec api 11): counts scores in buckets of given upper bounds. */
export class Percentile {
  readonly #bounds: readonly number[];
  /** One more than bounds: the last is open. */
  readonly #counts: number[];
  #count = 0;

  constructor(bounds: unknown) {
    if (!Array.isArray(bounds)) throw expects(1, 'an array');
    let last = 0;
    for (const bound of bounds as unknown[]) {
      if (typeof bound !== 'number') throw expects(1, 'an array of numbers');
      if (!(bound > last)) throw new RangeError('scores are not in ascending order');
      last = bound;
    }
    this.#bounds = [...(bounds as number[])];
    this.#counts = Array.from({ length: this.#bounds.length + 1 }, () => 0);
  }

  score(value: unknown): void {
    if (typeof value !== 'number') throw expects(1, 'a number');
    if (Number.isNaN(value)) return;
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bounds[middle]! < value) low = middle + 1;
      else high = middle;
    }
    this.#counts[low]!++;
    this.#count++;
  }

  /** The bound that `percent` of all scores do not exceed; 0 without scores, Infinity for the open bucket. */
  calculate(percent: unknown): number {
    if (typeof percent !== 'number') throw expects(1, 'a number');
    if (this.#count === 0 || percent <= 0) return 0;
    const wanted = Math.max(1, Math.ceil((this.#count * percent) / 100));
    let sum = 0;
    for (const [index, count] of this.#counts.entries()) {
      sum += count;
      if (sum >= wanted) return this.#bounds[index] ?? Infinity;
    }
    return Infinity;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }
}

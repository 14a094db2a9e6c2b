/** A map of bounded size: what was used longest ago leaves first. */
export class RecentMap<K, V> {
  readonly #maxSize: number;
  readonly #onLeave: (key: K, value: V) => void;
  readonly #entries = new Map<K, V>();

  constructor(maxSize: number, onLeave: (key: K, value: V) => void = () => {}) {
    this.#maxSize = maxSize;
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Counts as a use. */
  get(key: K): V | undefined {
    if (!this.#entries.has(key)) return undefined;
    const value = this.#entries.get(key) as V;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    while (this.#entries.size > this.#maxSize) {
      const [oldest, gone] = this.#entries.entries().next().value as [K, V];
      this.#entries.delete(oldest);
      this.#onLeave(oldest, gone);
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  entries(): [K, V][] {
    return [...this.#entries];
  }

  clear(): void {
    this.#entries.clear();
  }
}

import type { Clock } from '../../../core/ports.ts';
import { durationMs } from '../../../core/quantity.ts';
import { expects } from '../declaration.ts';
import { RecentMap } from './recent-map.ts';

type Allocate = (key: unknown) => unknown;
type Free = (key: unknown, value: unknown) => unknown;

interface Entry {
  readonly value: unknown;
  readonly expiresAtMs: number;
}

const DEFAULT_SIZE = 10_000;

/** The class `algo.Cache` (spec api 11). @param defaultSize entries where the script does not say */
export function cacheClass(clock: Clock, defaultSize: number = DEFAULT_SIZE): unknown {
  return class Cache {
    readonly #allocate: Allocate;
    readonly #free: Free | null;
    readonly #ttlMs: number;
    readonly #entries: RecentMap<unknown, Entry>;

    constructor(allocate: unknown, free?: unknown, options?: unknown) {
      if (typeof allocate !== 'function') throw expects(1, 'a function');
      if (free !== undefined && free !== null && typeof free !== 'function') throw expects(2, 'a function');
      this.#allocate = allocate as Allocate;
      this.#free = (free ?? null) as Free | null;
      const { size, ttlMs } = readOptions(options, defaultSize);
      this.#ttlMs = ttlMs;
      this.#entries = new RecentMap(size, (key, { value }) => void this.#free?.(key, value));
    }

    get(key: unknown): unknown {
      const known = this.#entries.get(key);
      if (known !== undefined) {
        if (known.expiresAtMs > clock.monotonicMs()) return known.value;
        this.remove(key);
      }
      const value = this.#allocate(key);
      this.#entries.set(key, {
        value,
        expiresAtMs: this.#ttlMs === 0 ? Infinity : clock.monotonicMs() + this.#ttlMs,
      });
      return value;
    }

    has(key: unknown): boolean {
      return this.#entries.has(key) && this.#entries.get(key)!.expiresAtMs > clock.monotonicMs();
    }

    /** True where there was such an entry. */
    remove(key: unknown): boolean {
      const known = this.#entries.get(key);
      if (known === undefined) return false;
      this.#entries.delete(key);
      this.#free?.(key, known.value);
      return true;
    }

    clear(): void {
      // Stops where `free` fails; then nothing is removed.
      if (this.#free !== null) for (const [key, { value }] of this.#entries.entries()) this.#free(key, value);
      this.#entries.clear();
    }
  };
}

function readOptions(options: unknown, defaultSize: number): { size: number; ttlMs: number } {
  if (options === undefined || options === null) return { size: defaultSize, ttlMs: 0 };
  if (typeof options !== 'object') throw expects(3, 'an object');
  const { size = defaultSize, ttl = 0 } = options as { size?: unknown; ttl?: unknown };
  if (size !== Infinity && (typeof size !== 'number' || !Number.isInteger(size) || size < 1))
    throw new TypeError('option size expects a whole number, 1 or more');
  const ttlMs = durationMs(ttl);
  if (ttlMs === null) throw new TypeError("option ttl expects seconds or a duration such as '5m'");
  return { size, ttlMs };
}

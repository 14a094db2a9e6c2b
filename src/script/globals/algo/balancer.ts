import { expects, type GlobalHost } from '../declaration.ts';
import { Health, readHealthOptions } from './health.ts';
import { RecentMap } from './recent-map.ts';

/** Tags that are remembered; what was used longest ago leaves. */
const MAX_TAGS = 10_000;

/** What the balancers have in common: targets with weights, their health, and the targets that tags were given. */
export abstract class Balancer {
  /** In the order of declaration. */
  protected readonly weights = new Map<string, number>();
  protected readonly tags = new RecentMap<unknown, string>(MAX_TAGS);
  readonly #health: Health | null;

  constructor(host: GlobalHost, weights: unknown, options: unknown) {
    if (weights !== undefined && weights !== null) {
      if (typeof weights !== 'object' || Array.isArray(weights)) throw expects(1, 'an object');
      for (const [target, weight] of Object.entries(weights)) this.set(target, weight);
    }
    this.#health = watch(host, options, () => this.#targets());
  }

  /** A whole number; 0 and less take the target out. */
  set(target: unknown, weight: unknown): void {
    if (typeof target !== 'string') throw expects(1, 'a string');
    if (typeof weight !== 'number') throw expects(2, 'a number');
    this.weights.set(target, Math.max(0, Math.trunc(weight)));
  }

  /** A target failed in use. */
  fail(target: unknown): void {
    this.#health?.fail(String(target));
  }

  /** A target did well. */
  pass(target: unknown): void {
    this.#health?.pass(String(target));
  }

  isHealthy(target: unknown): boolean {
    return this.#health?.isUp(String(target)) ?? true;
  }

  /** Targets with weight that are up; all with weight where none is: to try is better than to refuse. */
  protected usable(): readonly string[] {
    const weighted = this.#targets();
    if (this.#health === null) return weighted;
    const up = weighted.filter((target) => this.#health!.isUp(target));
    return up.length > 0 ? up : weighted;
  }

  /** The target that a tag was given, while it has weight and is up. */
  protected remembered(tag: unknown): string | undefined {
    if (tag === undefined) return undefined;
    const target = this.tags.get(tag);
    if (target === undefined) return undefined;
    if (this.usable().includes(target)) return target;
    this.tags.delete(tag);
    return undefined;
  }

  #targets(): readonly string[] {
    return [...this.weights].filter(([, weight]) => weight > 0).map(([target]) => target);
  }
}

/** The health of a balancer's targets, as its options say; null where they say nothing. */
export function watch(host: GlobalHost, options: unknown, targets: () => readonly string[]): Health | null {
  if (options !== undefined && options !== null && typeof options !== 'object') throw expects(2, 'an object');
  const read = readHealthOptions((options as { health?: unknown } | null | undefined)?.health);
  if (read === null) return null;
  const health = new Health(read, host.ports, targets);
  host.onRelease(() => health.stop());
  return health;
}

import { expects, type GlobalHost } from '../declaration.ts';
import { watch } from './balancer.ts';
import { hash } from './hash.ts';

/** The class `algo.HashingLoadBalancer` (spec api 11): the target at `hash(tag) mod count`. */
export function hashingClass(host: GlobalHost): unknown {
  return class HashingLoadBalancer {
    readonly #targets: string[] = [];
    readonly #health: ReturnType<typeof watch>;

    constructor(targets?: unknown, options?: unknown) {
      if (targets !== undefined && targets !== null && !Array.isArray(targets)) throw expects(1, 'an array');
      for (const target of (targets ?? []) as unknown[]) this.add(target);
      this.#health = watch(host, options, () => this.#targets);
    }

    add(target: unknown): void {
      if (typeof target !== 'string') throw expects(1, 'a string');
      this.#targets.push(target);
    }

    /** What would go to a target that is down goes to one that is up; the others keep theirs. */
    select(...tag: unknown[]): string | undefined {
      if (tag.length === 0) throw new TypeError('requires 1 or more arguments');
      const number = hash(tag[0]);
      const first = this.#targets[number % this.#targets.length];
      if (first === undefined || this.isHealthy(first)) return first;
      const up = this.#targets.filter((target) => this.isHealthy(target));
      return up.length === 0 ? first : up[number % up.length];
    }

    deselect(): void {}

    fail(target: unknown): void {
      this.#health?.fail(String(target));
    }

    pass(target: unknown): void {
      this.#health?.pass(String(target));
    }

    isHealthy(target: unknown): boolean {
      return this.#health?.isUp(String(target)) ?? true;
    }
  };
}

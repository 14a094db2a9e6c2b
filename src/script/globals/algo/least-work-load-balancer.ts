import type { GlobalHost } from '../declaration.ts';
import { Balancer } from './balancer.ts';

/** The class `algo.LeastWorkLoadBalancer` (spec api 11): the target with the least work for its weight. */
export function leastWorkClass(host: GlobalHost): unknown {
  return class LeastWorkLoadBalancer extends Balancer {
    readonly #work = new Map<string, number>();

    constructor(weights?: unknown, options?: unknown) {
      super(host, weights, options);
    }

    /** Adds one to the work of the target, also of a remembered one: the script will take it off. */
    select(tag?: unknown): string | undefined {
      const target = this.remembered(tag) ?? this.#least();
      if (target === undefined) return undefined;
      this.#work.set(target, this.#workOf(target) + 1);
      if (tag !== undefined) this.tags.set(tag, target);
      return target;
    }

    deselect(target: unknown): void {
      const name = String(target);
      const left = this.#workOf(name) - 1;
      if (left > 0) this.#work.set(name, left);
      else this.#work.delete(name);
    }

    #least(): string | undefined {
      let best: string | undefined;
      let bestLoad = Infinity;
      for (const target of this.usable()) {
        const load = this.#workOf(target) / this.weights.get(target)!;
        if (load < bestLoad) [best, bestLoad] = [target, load];
      }
      return best;
    }

    #workOf(target: string): number {
      return this.#work.get(target) ?? 0;
    }
  };
}

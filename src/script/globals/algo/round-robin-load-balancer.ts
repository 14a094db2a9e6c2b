import type { GlobalHost } from '../declaration.ts';
import { Balancer } from './balancer.ts';

/** The class `algo.RoundRobinLoadBalancer` (spec api 11): each round gives every target exactly its weight. */
export function roundRobinClass(host: GlobalHost): unknown {
  return class RoundRobinLoadBalancer extends Balancer {
    readonly #hits = new Map<string, number>();

    constructor(weights?: unknown, options?: unknown) {
      super(host, weights, options);
    }

    select(tag?: unknown): string | undefined {
      const known = this.remembered(tag);
      if (known !== undefined) return known;
      const targets = this.usable();
      let best: string | undefined;
      let bestLoad = Infinity;
      for (const target of targets) {
        const load = this.#hitsOf(target) / this.weights.get(target)!;
        if (load < bestLoad) [best, bestLoad] = [target, load];
      }
      if (best === undefined) return undefined;
      this.#hits.set(best, this.#hitsOf(best) + 1);
      const round = targets.reduce((sum, target) => sum + this.weights.get(target)!, 0);
      const hits = targets.reduce((sum, target) => sum + this.#hitsOf(target), 0);
      if (hits >= round) this.#hits.clear();
      if (tag !== undefined) this.tags.set(tag, best);
      return best;
    }

    /** Nothing to give back; there for scripts that change balancers. */
    deselect(): void {}

    #hitsOf(target: string): number {
      return this.#hits.get(target) ?? 0;
    }
  };
}

import type { GlobalDeclaration } from '../declaration.ts';
import { cacheClass } from './cache.ts';
import { hash } from './hash.ts';
import { hashingClass } from './hashing-load-balancer.ts';
import { leastWorkClass } from './least-work-load-balancer.ts';
import { Percentile } from './percentile.ts';
import { ResourcePool } from './resource-pool.ts';
import { roundRobinClass } from './round-robin-load-balancer.ts';
import { URLRouter } from './url-router.ts';

/** Caches, routers, balancers, pools and percentiles (spec api 11). */
export const algo: GlobalDeclaration = {
  name: 'algo',
  summary: 'Caches, routing by URL, load balancing with health checks, pools of resources, percentiles.',
  types: `declare namespace algo {
  /** A whole number from 0 to 2^53-1; the same in every run for texts, numbers and booleans. */
  function hash(value: any): number;

  /** Values made on demand. At most \`size\` (default 10,000) are kept: the one used longest ago leaves; none longer than \`ttl\`. */
  class Cache<K = any, V = any> {
    constructor(allocate: (key: K) => V, free?: ((key: K, value: V) => any) | null, options?: { size?: number; ttl?: number | string });
    /** The value of a key; made by \`allocate\` where there is none. */
    get(key: K): V;
    has(key: K): boolean;
    remove(key: K): boolean;
    clear(): void;
  }

  /** Rules \`[domain]/path\` to values; a domain may begin with the label \`*\`, a path may end in \`/*\`. */
  class URLRouter<V = any> {
    constructor(rules?: Record<string, V>);
    add(pattern: string, value: V): void;
    /** The value for the parts, joined by slashes: \`find(head.headers.host, head.path)\`. */
    find(...parts: (string | null | undefined)[]): V | undefined;
  }

  /**
   * Which targets are up. After \`maxFails\` (3) failures in a row a target is down for \`failTimeout\` ('10s'). With an \`interval\` targets are
   * also dialed, or asked for \`path\`, each within \`timeout\` ('2s'); \`minPasses\` (2) good checks bring one back. Where all are down all are used.
   */
  interface Health {
    maxFails?: number;
    failTimeout?: number | string;
    interval?: number | string;
    timeout?: number | string;
    path?: string;
    minPasses?: number;
  }

  interface Balancer {
    /** A target failed in use. */
    fail(target: string): void;
    /** A target did well. */
    pass(target: string): void;
    isHealthy(target: string): boolean;
  }

  /** The target at \`hash(tag)\` modulo their number. */
  class HashingLoadBalancer implements Balancer {
    constructor(targets?: string[], options?: { health?: Health | null });
    add(target: string): void;
    select(tag: any): string | undefined;
    deselect(target?: string): void;
    fail(target: string): void;
    pass(target: string): void;
    isHealthy(target: string): boolean;
  }

  /** Each round gives every target exactly its weight; a tag gets the same target again. */
  class RoundRobinLoadBalancer implements Balancer {
    constructor(weights?: Record<string, number>, options?: { health?: Health | null });
    set(target: string, weight: number): void;
    select(tag?: any): string | undefined;
    deselect(target?: string): void;
    fail(target: string): void;
    pass(target: string): void;
    isHealthy(target: string): boolean;
  }

  /** The target with the least work for its weight; \`deselect\` when the work is done. */
  class LeastWorkLoadBalancer implements Balancer {
    constructor(weights?: Record<string, number>, options?: { health?: Health | null });
    set(target: string, weight: number): void;
    select(tag?: any): string | undefined;
    deselect(target: string): void;
    fail(target: string): void;
    pass(target: string): void;
    isHealthy(target: string): boolean;
  }

  /** Resources that are handed out, given back and handed out again; \`allocator\` makes distinct ones. */
  class ResourcePool<R = any> {
    constructor(allocator: (pool: any, tenant: any) => R);
    allocate(pool?: any, tenant?: any): R;
    free(resource: R): void;
    freeTenant(tenant: any): void;
  }

  /** Counts scores in buckets of given upper bounds. */
  class Percentile {
    constructor(bounds: number[]);
    score(value: number): void;
    /** The bound that \`percent\` of the scores do not exceed; 0 without scores, Infinity above the last bound. */
    calculate(percent: number): number;
    reset(): void;
  }
}`,
  examples: [
    { code: `algo.hash('a') === algo.hash('a')`, gives: 'true' },
    { code: `new algo.Cache(key => key + '!').get('a')`, gives: '"a!"' },
    { code: `new algo.URLRouter({ '/api/*': 1, 'ex.org/': 2 }).find('any', '/api/users?id=1')`, gives: '1' },
    {
      code: `(b => [b.select(), b.select(), b.select(), b.select()].join(''))(new algo.RoundRobinLoadBalancer({ a: 2, b: 1, c: 1 }))`,
      gives: '"abca"',
    },
    {
      code: `(b => (b.select(), b.select(), b.deselect('a'), b.select()))(new algo.LeastWorkLoadBalancer({ a: 1, b: 1 }))`,
      gives: '"a"',
    },
    { code: `new algo.HashingLoadBalancer(['a']).select('user')`, gives: '"a"' },
    {
      code: `(last => (p => (p.free(p.allocate()), p.allocate()))(new algo.ResourcePool(() => ++last.n)))({ n: 0 })`,
      gives: '1',
    },
    {
      code: `(p => (p.score(3), p.score(30), p.calculate(50)))(new algo.Percentile([5, 50]))`,
      gives: '5',
    },
  ],
  create: (host) =>
    Object.freeze({
      hash,
      Cache: cacheClass(host.ports.clock, host.isCompat ? Infinity : undefined),
      URLRouter,
      HashingLoadBalancer: hashingClass(host),
      RoundRobinLoadBalancer: roundRobinClass(host),
      LeastWorkLoadBalancer: leastWorkClass(host),
      ResourcePool,
      Percentile,
    }),
};

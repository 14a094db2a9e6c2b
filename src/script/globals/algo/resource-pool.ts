import { expects } from '../declaration.ts';

interface Holding {
  readonly pool: unknown;
  tenant: unknown;
}

/** The class `algo.ResourcePool` (spec api 11): resources that are handed out, given back and handed out again. */
export class ResourcePool {
  readonly #allocator: (pool: unknown, tenant: unknown) => unknown;
  /** Free resources of each pool, the one freed longest ago first. */
  readonly #free = new Map<unknown, unknown[]>();
  readonly #held = new Map<unknown, Holding>();
  /** What each tenant holds, by pool. */
  readonly #tenants = new Map<unknown, Map<unknown, unknown>>();

  constructor(allocator: unknown) {
    if (typeof allocator !== 'function') throw expects(1, 'a function');
    this.#allocator = allocator as (pool: unknown, tenant: unknown) => unknown;
  }

  /** A tenant that holds a resource of the pool gets the same one again. */
  allocate(pool?: unknown, tenant?: unknown): unknown {
    const own = tenant === undefined ? undefined : this.#tenants.get(tenant);
    if (own?.has(pool) === true) return own.get(pool);
    const free = this.#free.get(pool);
    const resource = free !== undefined && free.length > 0 ? free.shift() : this.#allocator(pool, tenant);
    this.#held.set(resource, { pool, tenant });
    if (tenant === undefined) return resource;
    if (own === undefined) this.#tenants.set(tenant, new Map([[pool, resource]]));
    else own.set(pool, resource);
    return resource;
  }

  /** Gives a resource back; unknown ones are ignored. */
  free(resource: unknown): void {
    const holding = this.#held.get(resource);
    if (holding === undefined) return;
    this.#held.delete(resource);
    const { pool, tenant } = holding;
    const free = this.#free.get(pool);
    if (free === undefined) this.#free.set(pool, [resource]);
    else free.push(resource);
    const own = this.#tenants.get(tenant);
    own?.delete(pool);
    if (own?.size === 0) this.#tenants.delete(tenant);
  }

  /** Gives everything back that a tenant holds. */
  freeTenant(tenant: unknown): void {
    for (const resource of [...(this.#tenants.get(tenant)?.values() ?? [])]) this.free(resource);
  }
}

import type { MetricDeclaration } from './metric-declarations.ts';
import { keyOf, Metric, type MetricSnapshot, type Series } from './metric.ts';

export type { Attributes, MetricSnapshot, Series } from './metric.ts';

/**
 * What the gateway counts about itself. Each thread has one; data threads hand snapshots of theirs to the main thread, where
 * `collect` adds them up.
 */
export class MetricRegistry {
  readonly #metrics = new Map<string, Metric>();
  readonly #observers = new Set<() => void>();
  /** The newest snapshot of every other thread. */
  readonly #others = new Map<string, readonly MetricSnapshot[]>();

  metric(declaration: MetricDeclaration): Metric {
    let metric = this.#metrics.get(declaration.name);
    if (metric === undefined) this.#metrics.set(declaration.name, (metric = new Metric(declaration)));
    return metric;
  }

  /** Calls `observe` before every collection, for gauges that are looked up only then. Gives the way to stop it. */
  onCollect(observe: () => void): () => void {
    this.#observers.add(observe);
    return () => this.#observers.delete(observe);
  }

  /** What another thread has counted so far; replaces what it said before. */
  take(thread: string, snapshots: readonly MetricSnapshot[]): void {
    this.#others.set(thread, snapshots);
  }

  /** Another thread has ended: what it counted stays counted, what it held is gone. */
  retire(thread: string): void {
    const last = this.#others.get(thread);
    if (last === undefined) return;
    this.#others.set(
      thread,
      last.filter(({ declaration }) => declaration.kind !== 'gauge'),
    );
  }

  /** All metrics, those of other threads added: counters and histograms are summed, and so are gauges. */
  collect(): MetricSnapshot[] {
    for (const observe of this.#observers) observe();
    const own = [...this.#metrics.values()].map((metric) => ({
      declaration: metric.declaration,
      series: metric.series(),
    }));
    return this.#others.size === 0 ? own : addUp([own, ...this.#others.values()]);
  }
}

function addUp(all: readonly (readonly MetricSnapshot[])[]): MetricSnapshot[] {
  const sums = new Map<string, { declaration: MetricDeclaration; series: Map<string, Series> }>();
  for (const { declaration, series } of all.flat()) {
    let sum = sums.get(declaration.name);
    if (sum === undefined) sums.set(declaration.name, (sum = { declaration, series: new Map() }));
    const names = [...declaration.attributes, 'otel.metric.overflow'];
    for (const one of series) {
      const key = keyOf(names, one.attributes);
      const before = sum.series.get(key);
      sum.series.set(key, before === undefined ? one : added(before, one));
    }
  }
  return [...sums.values()].map(({ declaration, series }) => ({ declaration, series: [...series.values()] }));
}

function added(left: Series, right: Series): Series {
  return {
    attributes: left.attributes,
    value: left.value + right.value,
    counts: left.counts?.map((count, bucket) => count + right.counts![bucket]!) ?? null,
    sum: left.sum + right.sum,
  };
}

import type { MetricDeclaration } from './metric-declarations.ts';

export type Attributes = Readonly<Record<string, string>>;

/** One series of a metric; plain values, so that it crosses threads. Counts are since the start of the process. */
export interface Series {
  readonly attributes: Attributes;
  /** Of counters and gauges. */
  readonly value: number;
  /** Of histograms: one count per bucket and one for what is above the last. */
  readonly counts: readonly number[] | null;
  readonly sum: number;
}

export interface MetricSnapshot {
  readonly declaration: MetricDeclaration;
  readonly series: readonly Series[];
}

interface Cell {
  readonly attributes: Attributes;
  value: number;
  readonly counts: number[] | null;
  sum: number;
}

/** Series of one metric beyond which further attributes share one series: attributes can come from clients. */
const MAX_SERIES = 2000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': 'true' };

/** One metric with its series. */
export class Metric {
  readonly declaration: MetricDeclaration;
  readonly #cells = new Map<string, Cell>();

  constructor(declaration: MetricDeclaration) {
    this.declaration = declaration;
  }

  /** Raises a counter. */
  add(value: number, attributes: Attributes = {}): void {
    this.#cell(attributes).value += value;
  }

  /** Sets a gauge, or a counter that somebody else counts. */
  set(value: number, attributes: Attributes = {}): void {
    this.#cell(attributes).value = value;
  }

  /** Counts a value into a histogram. */
  record(value: number, attributes: Attributes = {}): void {
    const cell = this.#cell(attributes);
    const bounds = this.declaration.buckets!;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    cell.counts![bucket]!++;
    cell.sum += value;
  }

  series(): Series[] {
    return [...this.#cells.values()].map(({ attributes, value, counts, sum }) => ({
      attributes,
      value,
      counts: counts === null ? null : [...counts],
      sum,
    }));
  }

  #cell(attributes: Attributes): Cell {
    let key = '';
    for (const name of this.declaration.attributes) key += `${attributes[name] ?? ''}\u0000`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      if (this.#cells.size >= MAX_SERIES && attributes !== OVERFLOW) return this.#overflow();
      const { buckets } = this.declaration;
      const counts = buckets === undefined ? null : Array.from({ length: buckets.length + 1 }, () => 0);
      cell = { attributes, value: 0, counts, sum: 0 };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  #overflow(): Cell {
    const key = 'overflow';
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      const { buckets } = this.declaration;
      const counts = buckets === undefined ? null : Array.from({ length: buckets.length + 1 }, () => 0);
      cell = { attributes: OVERFLOW, value: 0, counts, sum: 0 };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

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
    for (const one of series) {
      const key = seriesKey(one.attributes);
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

function seriesKey(attributes: Attributes): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => `${name}=${attributes[name]}`)
    .join('\u0000');
}

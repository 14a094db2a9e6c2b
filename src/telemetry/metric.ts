import type { MetricDeclaration } from './metric-declarations.ts';

/** Of a series: those that the metric declares; an empty value is the same as none. */
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

/** A metric and what it counted so far. */
export interface MetricSnapshot {
  readonly declaration: MetricDeclaration;
  readonly series: readonly Series[];
}

/** Series of one metric beyond which further attributes share one series: attributes can come from clients. */
export const MAX_SERIES = 2000;

const OVERFLOW: Attributes = { 'otel.metric.overflow': 'true' };

/** One series while it is counted. Who counts often keeps it instead of asking the metric each time. */
export class Point {
  readonly attributes: Attributes;
  readonly #bounds: readonly number[];
  readonly #counts: number[] | null;
  #value = 0;
  #sum = 0;

  constructor(declaration: MetricDeclaration, attributes: Attributes) {
    const { buckets } = declaration;
    this.attributes = attributes;
    this.#bounds = buckets ?? [];
    this.#counts = buckets === undefined ? null : Array.from({ length: buckets.length + 1 }, () => 0);
  }

  /** Raises a counter; what would lower it is no count. */
  add(value: number): void {
    if (value > 0 && value < Infinity) this.#value += value;
  }

  /** Sets a gauge, or a counter that somebody else counts. */
  set(value: number): void {
    if (Number.isFinite(value)) this.#value = value;
  }

  /** Counts a value into a histogram: into the first bucket whose bound it does not exceed. */
  record(value: number): void {
    if (!Number.isFinite(value)) return;
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.#counts![bucket]!++;
    this.#sum += value;
  }

  snapshot(): Series {
    return {
      attributes: this.attributes,
      value: this.#value,
      counts: this.#counts === null ? null : [...this.#counts],
      sum: this.#sum,
    };
  }
}

/** One metric with its series: at most MAX_SERIES, and one for all others. */
export class Metric {
  readonly declaration: MetricDeclaration;
  readonly #points = new Map<string, Point>();
  #overflow: Point | null = null;

  constructor(declaration: MetricDeclaration) {
    this.declaration = declaration;
  }

  /** The series of these attributes; those that are not declared tell nothing apart. */
  point(attributes: Attributes = {}): Point {
    const names = this.declaration.attributes;
    const key = keyOf(names, attributes);
    let point = this.#points.get(key);
    if (point !== undefined) return point;
    if (this.#points.size >= MAX_SERIES) return (this.#overflow ??= new Point(this.declaration, OVERFLOW));
    const own = names.filter((name) => attributes[name]).map((name) => [name, attributes[name]!]);
    point = new Point(this.declaration, Object.fromEntries(own) as Attributes);
    this.#points.set(key, point);
    return point;
  }

  /** Whether such a series is there already. */
  has(attributes: Attributes): boolean {
    return this.#points.has(keyOf(this.declaration.attributes, attributes));
  }

  /** Raises a counter. */
  add(value: number, attributes?: Attributes): void {
    this.point(attributes).add(value);
  }

  /** Sets a gauge, or a counter that somebody else counts. */
  set(value: number, attributes?: Attributes): void {
    this.point(attributes).set(value);
  }

  /** Counts a value into a histogram. */
  record(value: number, attributes?: Attributes): void {
    this.point(attributes).record(value);
  }

  series(): Series[] {
    const points = [...this.#points.values()];
    if (this.#overflow !== null) points.push(this.#overflow);
    return points.map((point) => point.snapshot());
  }
}

/** A text that only the same values of these attributes have: with the length before it, no value runs into the next. */
export function keyOf(names: readonly string[], attributes: Attributes): string {
  let key = '';
  for (const name of names) {
    const value = attributes[name] ?? '';
    key += `${value.length}:${value}`;
  }
  return key;
}

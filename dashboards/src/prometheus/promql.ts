import type { MetricDeclaration, METRICS } from '../../../src/telemetry/metric-declarations.ts';
import { prometheusLabel, prometheusName } from '../../../src/telemetry/prometheus-name.ts';

/** A metric that the gateway declares; its kind and attributes are known to the compiler. */
export type Declared = (typeof METRICS)[keyof typeof METRICS];
export type Counter = Extract<Declared, { kind: 'counter' }>;
export type Gauge = Extract<Declared, { kind: 'gauge' }>;
export type Histogram = Extract<Declared, { kind: 'histogram' }>;

/** What a label must be: equal to text, matched by an expression (as a whole), or neither. */
type Demand = string | RegExp | { readonly not: string | RegExp };

/** Which series, and by what they are told apart in the result; all others are added up. */
export interface Selection<M extends MetricDeclaration> {
  readonly where?: Partial<Readonly<Record<M['attributes'][number], Demand>>>;
  readonly by?: readonly M['attributes'][number][];
  /** Told apart by gateway too. */
  readonly isPerInstance?: boolean;
}

/** Writes PromQL over declared metrics: a metric or attribute that is renamed or gone does not compile. */
export class PromQl {
  readonly #scope: string;
  readonly #window: string;

  /** `scope` is a label matcher that all selectors get ('' for none), `window` the range of rates: `5m`, `$__rate_interval`. */
  constructor({ scope, window }: { scope: string; window: string }) {
    this.#scope = scope;
    this.#window = window;
  }

  /** Series as they are. */
  series<M extends Declared>(metric: M, { where }: Selection<M> = {}): string {
    return this.#selector(prometheusName(metric), where);
  }

  /** Per second. */
  rate<M extends Counter>(metric: M, selection: Selection<M> = {}): string {
    return this.#sum(selection, `rate(${this.series(metric, selection)}[${this.#window}])`);
  }

  /**
   * Risen within `window`; also by a series that was not there at its begin, which `increase` alone takes for
   * nothing: counters appear with their first event.
   */
  risen<M extends Counter>(metric: M, window: string, selection: Selection<M> = {}): string {
    const series = this.series(metric, selection);
    return this.#sum(
      selection,
      `increase(${series}[${window}]) > 0 or (${series} unless ${series} offset ${window}) > 0`,
    );
  }

  /** Sum of a gauge. */
  sum<M extends Gauge>(metric: M, selection: Selection<M> = {}): string {
    return this.#sum(selection, this.series(metric, selection));
  }

  /** Highest of a gauge. */
  max<M extends Gauge>(metric: M, selection: Selection<M> = {}): string {
    return this.#aggregate('max', selection, this.series(metric, selection));
  }

  /** A quantile, 0 to 1, of what a histogram counted within the window. */
  quantile<M extends Histogram>(metric: M, quantile: number, selection: Selection<M> = {}): string {
    return `histogram_quantile(${quantile}, ${this.buckets(metric, selection)})`;
  }

  /** Observations per second and bucket, as a heat map wants them. */
  buckets<M extends Histogram>(metric: M, selection: Selection<M> = {}): string {
    const labels = ['le', ...labelsOf(selection)];
    return `sum by (${labels.join(', ')}) (${this.#ratePart(metric, 'bucket', selection)})`;
  }

  /** Observations of a histogram per second. */
  observations<M extends Histogram>(metric: M, selection: Selection<M> = {}): string {
    return this.#sum(selection, this.#ratePart(metric, 'count', selection));
  }

  /** Sum of what a histogram observed, per second. */
  observed<M extends Histogram>(metric: M, selection: Selection<M> = {}): string {
    return this.#sum(selection, this.#ratePart(metric, 'sum', selection));
  }

  #ratePart<M extends Histogram>(metric: M, part: string, { where }: Selection<M>): string {
    return `rate(${this.#selector(`${prometheusName(metric)}_${part}`, where)}[${this.#window}])`;
  }

  #selector(name: string, where: Partial<Readonly<Record<string, Demand>>> = {}): string {
    const matchers = [
      ...(this.#scope === '' ? [] : [this.#scope]),
      ...Object.entries(where).map(
        ([attribute, demand]) => `${prometheusLabel(attribute)}${matcher(demand!)}`,
      ),
    ];
    return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
  }

  #sum<M extends MetricDeclaration>(selection: Selection<M>, of: string): string {
    return this.#aggregate('sum', selection, of);
  }

  #aggregate<M extends MetricDeclaration>(how: string, selection: Selection<M>, of: string): string {
    const labels = labelsOf(selection);
    return labels.length === 0 ? `${how}(${of})` : `${how} by (${labels.join(', ')}) (${of})`;
  }
}

function labelsOf<M extends MetricDeclaration>({ by = [], isPerInstance = false }: Selection<M>): string[] {
  return [...(isPerInstance ? ['instance'] : []), ...by.map(prometheusLabel)];
}

function matcher(demand: Demand): string {
  if (typeof demand === 'string') return `=${JSON.stringify(demand)}`;
  if (demand instanceof RegExp) return `=~${JSON.stringify(demand.source)}`;
  const { not } = demand;
  return typeof not === 'string' ? `!=${JSON.stringify(not)}` : `!~${JSON.stringify(not.source)}`;
}

import type {
  FacetName,
  FacetValue,
  HistogramBucket,
  RecordSummary,
} from '../../api/records/record-summary.ts';
import {
  type Digest,
  type DigestChunk,
  OUTCOMES,
  STATUS_CLASSES,
  TEXT_FACETS,
  type TextFacet,
} from './digest.ts';
import { parentPattern, queryTerm } from './facet-pattern.ts';
import { LATENCY_INDEXES, latencyOf } from './latency-scale.ts';
import type { TimeSteps } from './time-steps.ts';
import { DROPPED } from './value-table.ts';

/** Values of a facet that are told. */
const MAX_VALUES = 10;
/** A first segment that so many paths have is told by the second ones, too. */
const MIN_COMMON_SHARE = 0.5;

/** Sums over rows of a digest. */
export class SummaryCount {
  readonly #digest: Digest;
  readonly #steps: TimeSteps;
  readonly #statuses = new Uint32Array(STATUS_CLASSES.length);
  readonly #values: Readonly<Record<TextFacet, Uint32Array>>;
  /** By bucket and outcome. */
  readonly #outcomes: Float64Array;
  /** Of which the latency is known, by bucket. */
  readonly #exchanges: Uint32Array;
  /** By bucket and index of the latency scale. */
  readonly #latencies: Uint32Array;

  constructor(digest: Digest, steps: TimeSteps) {
    this.#digest = digest;
    this.#steps = steps;
    const counts = (facet: TextFacet): Uint32Array => new Uint32Array(digest.tables[facet].size);
    this.#values = {
      method: counts('method'),
      host: counts('host'),
      path: counts('path'),
      kind: counts('kind'),
      mark: counts('mark'),
    };
    this.#outcomes = new Float64Array(steps.count * OUTCOMES.length);
    this.#exchanges = new Uint32Array(steps.count);
    this.#latencies = new Uint32Array(steps.count * LATENCY_INDEXES);
  }

  add(chunk: DigestChunk, at: number): void {
    const status = chunk.statuses[at]!;
    const outcome = chunk.outcomes[at]!;
    const latency = chunk.latencies[at]!;
    this.#statuses[status]!++;
    for (const facet of TEXT_FACETS) this.#values[facet][chunk.values[facet][at]!]!++;
    const { startMs, stepMs, count } = this.#steps;
    const bucket = Math.floor((chunk.timestampsMs[at]! - startMs) / stepMs);
    if (bucket < 0 || bucket >= count) return;
    this.#outcomes[bucket * OUTCOMES.length + outcome]! += chunk.missing.get(at) ?? 1;
    if (latency === 0) return;
    this.#exchanges[bucket]!++;
    this.#latencies[bucket * LATENCY_INDEXES + latency - 1]!++;
  }

  result(): Pick<RecordSummary, 'facets' | 'cutFacets' | 'histogram'> {
    const { startMs, stepMs, count } = this.#steps;
    const buckets = Array.from({ length: count }, (_, index) => this.#bucket(index));
    const cutFacets: FacetName[] = TEXT_FACETS.filter((facet) => this.#values[facet][DROPPED]! > 0);
    return {
      facets: {
        status: this.#statusFacet(),
        method: this.#textFacet('method'),
        host: this.#textFacet('host'),
        path: this.#pathFacet(),
        kind: this.#textFacet('kind'),
        mark: this.#markFacet(),
      },
      cutFacets,
      histogram: { startMs, stepMs, buckets },
    };
  }

  #statusFacet(): FacetValue[] {
    const values = STATUS_CLASSES.map((value, index) => ({
      value,
      count: this.#statuses[index]!,
      query: statusQuery(value, index),
    }));
    return values.filter(({ count }) => count > 0);
  }

  #textFacet(facet: TextFacet): FacetValue[] {
    const table = this.#digest.tables[facet];
    return mostFrequent(
      this.#counted(facet).map(([id, count]) => ({
        value: table.shownAt(id),
        count,
        query: queryTerm(facet, table.shownAt(id)),
      })),
    );
  }

  #pathFacet(): FacetValue[] {
    const table = this.#digest.tables.path;
    const values: FacetValue[] = [];
    const parents = new Map<string, { shown: string; count: number; children: FacetValue[] }>();
    let all = 0;
    for (const [id, count] of this.#counted('path')) {
      const [pattern, shown] = [table.patternAt(id), table.shownAt(id)];
      const value = { value: shown, count, query: queryTerm('path', shown) };
      const parent = parentPattern(pattern);
      all += count;
      if (parent === null) {
        values.push(value);
        continue;
      }
      let sum = parents.get(parent);
      if (sum === undefined)
        parents.set(
          parent,
          (sum = { shown: `${shown.slice(0, parent.length - 1)}*`, count: 0, children: [] }),
        );
      sum.count += count;
      if (pattern !== parent) sum.children.push(value);
    }
    for (const { shown, count, children } of parents.values()) {
      values.push({ value: shown, count, query: queryTerm('path', shown) });
      if (count >= all * MIN_COMMON_SHARE) values.push(...children);
    }
    return mostFrequent(values);
  }

  #markFacet(): FacetValue[] {
    const table = this.#digest.tables.mark;
    const counts = new Map<string, number>();
    for (const [id, count] of this.#counted('mark'))
      for (const mark of new Set(table.patternAt(id).split(' ').filter(Boolean)))
        counts.set(mark, (counts.get(mark) ?? 0) + count);
    return mostFrequent(
      Array.from(counts, ([value, count]) => ({ value, count, query: queryTerm('mark', value) })),
    );
  }

  /** Numbers of values and how often they came. */
  #counted(facet: TextFacet): [number, number][] {
    const counted: [number, number][] = [];
    for (const [id, count] of this.#values[facet].entries())
      if (id > DROPPED && count > 0) counted.push([id, count]);
    return counted;
  }

  #bucket(index: number): HistogramBucket {
    const count = (outcome: (typeof OUTCOMES)[number]): number =>
      this.#outcomes[index * OUTCOMES.length + OUTCOMES.indexOf(outcome)]!;
    const latencies = this.#latencies.subarray(index * LATENCY_INDEXES, (index + 1) * LATENCY_INDEXES);
    const [p50, p95, p99] = quantiles(latencies, this.#exchanges[index]!, [0.5, 0.95, 0.99]);
    return {
      success: count('success'),
      clientError: count('clientError'),
      serverError: count('serverError'),
      missing: count('missing'),
      p50: p50!,
      p95: p95!,
      p99: p99!,
    };
  }
}

/** The values of these ranks (nearest rank); null where there are none. @param all the sum of the counts @param ranks rising */
function quantiles(counts: Uint32Array, all: number, ranks: readonly number[]): (number | null)[] {
  if (all === 0) return ranks.map(() => null);
  let index = -1;
  let seen = 0;
  return ranks.map((rank) => {
    while (seen < Math.ceil(rank * all)) seen += counts[++index]!;
    return latencyOf(index);
  });
}

function mostFrequent(values: readonly FacetValue[]): FacetValue[] {
  return values
    .toSorted((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
    .slice(0, MAX_VALUES);
}

function statusQuery(value: (typeof STATUS_CLASSES)[number], index: number): string {
  if (value === 'none') return '-(status>=0 or status<0)';
  if (value === 'other') return '(status<100 or status>=600)';
  return `status>=${index * 100} status<${(index + 1) * 100}`;
}

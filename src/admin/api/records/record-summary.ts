/** What `/api/records/summary` answers: counts over all records that match. */
export interface RecordSummary {
  readonly matching: number;
  /** False where the scan met its bound: only records from `oldestMs` on are counted. */
  readonly isComplete: boolean;
  /** Of what was counted; null where nothing matches. */
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
  /** The row up to which the store was read. */
  readonly throughRow: number;
  readonly facets: {
    /** Status classes: 2xx, 3xx, 4xx, 5xx, none. */
    readonly status: readonly FacetValue[];
    readonly method: readonly FacetValue[];
    readonly host: readonly FacetValue[];
    /** Prefixes of paths: the first one or two segments, most frequent first. */
    readonly path: readonly FacetValue[];
    readonly kind: readonly FacetValue[];
    readonly mark: readonly FacetValue[];
  };
  /** Facets of which not all values are counted: there are too many, or some cannot be asked for. What is counted is a lower bound then. */
  readonly cutFacets: readonly FacetName[];
  readonly histogram: {
    readonly startMs: number;
    readonly stepMs: number;
    readonly buckets: readonly HistogramBucket[];
  };
}

export type FacetName = keyof RecordSummary['facets'];

export interface FacetValue {
  readonly value: string;
  readonly count: number;
  /** The query term that finds it: `status>=500 status<600`, `path:/api/*`. */
  readonly query: string;
}

export interface HistogramBucket {
  /** Records by what became of them: 2xx and 3xx, 4xx, 5xx and errors, gaps (the number of records that are missing). */
  readonly success: number;
  readonly clientError: number;
  readonly serverError: number;
  readonly missing: number;
  /** Nanoseconds; null without exchanges. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

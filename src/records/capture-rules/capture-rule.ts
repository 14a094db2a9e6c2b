/** What is kept of an exchange: all, no bodies, a count with sizes and statuses, or its share in the sums only. */
export type CaptureEffect = 'full' | 'heads' | 'count' | 'off';

export interface StatusRange {
  readonly from: number;
  /** Included. */
  readonly to: number;
}

/** What `--capture-rule` says; plain values, so that it crosses threads. Conditions that are null ask for nothing. */
export interface CaptureRule {
  /** As metrics and summaries call it; unique. */
  readonly name: string;
  readonly effect: CaptureEffect;
  readonly methods: readonly string[] | null;
  /** Globs of the path without the query: `*` stands for any characters. */
  readonly paths: readonly string[] | null;
  /** Globs of media types, lower case. */
  readonly requestTypes: readonly string[] | null;
  readonly responseTypes: readonly string[] | null;
  /** All of these hold; of each any range. */
  readonly statuses: readonly (readonly StatusRange[])[];
  readonly isHealth: boolean;
  /** The share of exchanges that it may match, 0 to 1; null for all. */
  readonly sample: number | null;
}

/** Whether only the answer tells. */
export function needsAnswer({ statuses, responseTypes }: CaptureRule): boolean {
  return statuses.length > 0 || responseTypes !== null;
}

import type { FieldName, GroupName, NumberName } from './fields.ts';
import type { Filter } from './filter.ts';

/** What records are told apart by. */
export type Bucket =
  | { readonly kind: 'time' }
  | { readonly kind: 'terms'; readonly field: GroupName; readonly size: number; readonly label: string }
  | {
      readonly kind: 'classes';
      readonly label: string;
      readonly classes: readonly { readonly label: string; readonly where: Filter }[];
    };

/** What is counted of them; `where` leaves others out of this number alone. */
export type Measure =
  | { readonly kind: 'count'; readonly label: string; readonly where?: Filter }
  /** The share of the records for which `of` holds. */
  | { readonly kind: 'share'; readonly label: string; readonly of: Filter }
  | {
      readonly kind: 'percentile';
      readonly label: string;
      readonly field: NumberName;
      readonly percentile: number;
    }
  | {
      readonly kind: 'sum' | 'max' | 'min' | 'average';
      readonly label: string;
      readonly field: NumberName;
    }
  | { readonly kind: 'unique'; readonly label: string; readonly field: GroupName };

interface Facts {
  /** Unique, of [a-z-]: Kibana keeps what users did to a panel under it, so it stays. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly where: Filter;
}

/** Numbers and charts: a Lens visualisation. */
export interface Chart extends Facts {
  readonly shape: 'metric' | 'line' | 'area' | 'bar' | 'donut' | 'table';
  readonly buckets: readonly Bucket[];
  readonly measures: readonly Measure[];
}

/** Single records: a saved search. */
export interface List extends Facts {
  readonly shape: 'list';
  readonly columns: readonly FieldName[];
  readonly sort: FieldName;
}

/** What stands on a dashboard. */
export type Panel = Chart | List;

/** A dashboard of rows of panels; in a row all are as wide as the others unless `widths` says how many of 48 columns each has. */
export interface DashboardPlan {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly {
    readonly height: number;
    readonly panels: readonly Panel[];
    readonly widths?: readonly number[];
  }[];
}

/** By time, in steps that fit the time shown. */
export const overTime: Bucket = { kind: 'time' };
/** The most frequent values; the rest are put together. */
export const top = (field: GroupName, size: number, label: string): Bucket => ({
  kind: 'terms',
  field,
  size,
  label,
});
/** How many records. */
export const count = (label: string, where?: Filter): Measure => ({ kind: 'count', label, where });
/** For what part of the records `of` holds. */
export const share = (label: string, of: Filter): Measure => ({ kind: 'share', label, of });
/** The value that so many of 100 records stay below. */
export const percentile = (field: NumberName, value: number, label = `p${value}`): Measure => ({
  kind: 'percentile',
  label,
  field,
  percentile: value,
});
/** All values together. */
export const sum = (field: NumberName, label: string): Measure => ({ kind: 'sum', label, field });
/** The highest value. */
export const max = (field: NumberName, label: string): Measure => ({ kind: 'max', label, field });
/** The lowest value. */
export const min = (field: NumberName, label: string): Measure => ({ kind: 'min', label, field });
/** The mean of all values. */
export const average = (field: NumberName, label: string): Measure => ({ kind: 'average', label, field });
/** How many different values, about. */
export const unique = (field: GroupName, label: string): Measure => ({ kind: 'unique', label, field });

/** One number. */
export function metric(
  id: string,
  title: string,
  description: string,
  where: Filter,
  measure: Measure,
): Chart {
  return { id, title, description, where, shape: 'metric', buckets: [], measures: [measure] };
}

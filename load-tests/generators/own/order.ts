import type { LoadOrder, LoadResult } from '../generator.ts';

/** What our own generator can do, as it is told it. */
export type OwnOrder =
  | ({ readonly kind: 'requests' } & LoadOrder)
  | { readonly kind: 'transfer'; readonly url: string; readonly bytes: number }
  | {
      readonly kind: 'slow-readers';
      readonly url: string;
      readonly connections: number;
      readonly seconds: number;
      readonly bytes: number;
      readonly bytesPerSecond: number;
    }
  | {
      readonly kind: 'events';
      readonly url: string;
      readonly connections: number;
      readonly seconds: number;
      readonly everyMs: number;
    };

/** What came of it; `extra` as in `Measurement`. */
export interface OwnResult extends LoadResult {
  readonly extra: Readonly<Record<string, number>>;
}

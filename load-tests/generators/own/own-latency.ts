import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Latency } from '../../measurement.ts';
import { latencyOf, PERCENTILES } from '../percentiles.ts';

/** Latencies in an HDR histogram: to a microsecond, with three figures. */
export class OwnLatency {
  readonly #histogram: RecordableHistogram = createHistogram({ figures: 3 });

  add(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** Null where there was none. */
  latency(): Latency | null {
    if (this.#histogram.count === 0) return null;
    return latencyOf(
      PERCENTILES.map((percentile) => [
        percentile,
        // Node knows no percentile 0.
        (percentile === 0 ? this.#histogram.min : this.#histogram.percentile(percentile)) / 1000,
      ]),
    );
  }
}

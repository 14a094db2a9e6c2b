import type { Clock, Timer } from '../core/ports.ts';
import { HealthHistory, SAMPLE_INTERVAL_MS } from './health-history.ts';
import { healthReading } from './health-reading.ts';
import type { MetricSnapshot } from './metric.ts';
import { sumOfTraffic, type TrafficTotals } from './traffic-totals.ts';

/** Takes samples of the gateway's health for as long as it runs, whether or not anybody looks. */
export class HealthSampling {
  readonly history = new HealthHistory();
  readonly #collect: () => readonly MetricSnapshot[];
  readonly #traffic: readonly TrafficTotals[] | null;
  readonly #clock: Clock;
  readonly #timer: Timer;

  /** @param traffic of each data thread; null where nobody looks at requests */
  constructor(
    collect: () => readonly MetricSnapshot[],
    traffic: readonly TrafficTotals[] | null,
    clock: Clock,
  ) {
    this.#collect = collect;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#sample();
    this.#timer = clock.after(SAMPLE_INTERVAL_MS, () => {
      this.#timer.refresh();
      this.#sample();
    });
  }

  /** Safe twice. */
  stop(): void {
    this.#timer.cancel();
  }

  #sample(): void {
    const traffic = this.#traffic === null ? null : sumOfTraffic(this.#traffic);
    this.history.sample(
      healthReading(this.#collect(), traffic),
      this.#clock.wallMs(),
      this.#clock.monotonicMs(),
    );
  }
}

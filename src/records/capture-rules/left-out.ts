import type { Exchange } from '../exchange.ts';
import type { CaptureEffect, CaptureRule } from './capture-rule.ts';

/** What a rule has kept out of the records over some time. */
export interface LeftOutFacts {
  readonly rule: string;
  readonly effect: CaptureEffect;
  readonly count: number;
  readonly sourceBytes: number;
  readonly destinationBytes: number;
  /** Wall clock, ms: when the first and the last of them began. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Of `count`: exchanges by the first digit of their status (`2xx`, or `none`), and their durations added up; null of `off`. */
  readonly details: {
    readonly statuses: Readonly<Record<string, number>>;
    readonly durationNs: number;
  } | null;
}

interface Tally {
  readonly effect: CaptureEffect;
  count: number;
  sourceBytes: number;
  destinationBytes: number;
  firstMs: number;
  lastMs: number;
  durationNs: number;
  readonly statuses: Record<string, number>;
}

/** Counts exchanges without records, by rule, so that every byte stays accounted for. Rules are few, so it is small. */
export class LeftOut {
  readonly #tallies = new Map<string, Tally>();

  add({ name, effect }: CaptureRule, exchange: Exchange): void {
    const { startWallMs } = exchange;
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      const zeros = { count: 0, sourceBytes: 0, destinationBytes: 0, durationNs: 0 };
      tally = { effect, ...zeros, firstMs: startWallMs, lastMs: startWallMs, statuses: {} };
      this.#tallies.set(name, tally);
    }
    tally.count++;
    tally.sourceBytes += exchange.request.bytes;
    tally.destinationBytes += exchange.response.bytes;
    tally.firstMs = Math.min(tally.firstMs, startWallMs);
    tally.lastMs = Math.max(tally.lastMs, startWallMs);
    if (effect === 'off') return;
    const status = exchange.responseHeadOrNull?.status;
    const digit = status === undefined ? 'none' : `${Math.trunc(status / 100)}xx`;
    tally.statuses[digit] = (tally.statuses[digit] ?? 0) + 1;
    tally.durationNs += exchange.durationNs;
  }

  /** What was counted since the last call. */
  take(): LeftOutFacts[] {
    if (this.#tallies.size === 0) return [];
    const all = [...this.#tallies].map(([rule, { statuses, durationNs, ...sums }]) => ({
      rule,
      ...sums,
      details: sums.effect === 'off' ? null : { statuses, durationNs },
    }));
    this.#tallies.clear();
    return all;
  }
}

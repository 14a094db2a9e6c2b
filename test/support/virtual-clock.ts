import type { Clock, Timer } from '../../src/core/ports.ts';

interface Alarm {
  atMs: number;
  readonly delayMs: number;
  readonly fn: () => void;
}

/** Time that a test owns: it stands still until it is moved. */
export class VirtualClock implements Clock {
  #nowMs = 1_000_000;
  readonly #alarms = new Set<Alarm>();

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fn: () => void): Timer {
    const alarm: Alarm = { atMs: this.#nowMs + delayMs, delayMs, fn };
    this.#alarms.add(alarm);
    return {
      cancel: () => this.#alarms.delete(alarm),
      refresh: () => {
        alarm.atMs = this.#nowMs + alarm.delayMs;
        this.#alarms.add(alarm);
      },
    };
  }

  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves to the next alarm and rings it; false where there is none. */
  next(): boolean {
    let first: Alarm | null = null;
    for (const alarm of this.#alarms) if (first === null || alarm.atMs < first.atMs) first = alarm;
    if (first === null) return false;
    this.#alarms.delete(first);
    this.#nowMs = Math.max(this.#nowMs, first.atMs);
    first.fn();
    return true;
  }

  /** Moves on without ringing what is due later. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#alarms].some(({ atMs }) => atMs <= endMs);
      if (!due) break;
      this.next();
    }
    this.#nowMs = endMs;
  }
}

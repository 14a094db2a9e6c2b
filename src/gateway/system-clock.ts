import type { Clock, Timer } from '../core/ports.ts';

/** The real time. Timers never keep the process alive: sockets and the gateway do. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, fn): Timer {
    const timer = setTimeout(fn, delayMs).unref();
    return { cancel: () => clearTimeout(timer), refresh: () => void timer.refresh() };
  },
};

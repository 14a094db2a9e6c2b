import type { Dialed, Ports, Timer } from '../../../core/ports.ts';
import { durationMs } from '../../../core/quantity.ts';
import { suggestion } from '../../suggestion.ts';

/** How targets are watched; times in milliseconds. */
export interface HealthOptions {
  readonly maxFails: number;
  readonly failTimeoutMs: number;
  /** Null without active checks. */
  readonly intervalMs: number | null;
  readonly timeoutMs: number;
  /** Null where a connection is enough. */
  readonly path: string | null;
  readonly minPasses: number;
}

const NAMES = ['maxFails', 'failTimeout', 'interval', 'timeout', 'path', 'minPasses'];

/** Throws TypeError for what is no option or has the wrong type; null where no health is wanted. */
export function readHealthOptions(options: unknown): HealthOptions | null {
  if (options === undefined || options === null) return null;
  if (typeof options !== 'object') throw new TypeError('option health expects an object');
  const given = options as Record<string, unknown>;
  for (const name of Object.keys(given))
    if (!NAMES.includes(name)) throw new TypeError(`unknown option health.${name}${suggestion(name, NAMES)}`);
  const count = (name: string, otherwise: number): number => {
    const value = given[name] ?? otherwise;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
      throw new TypeError(`option health.${name} expects a whole number, 1 or more`);
    return value;
  };
  const duration = (name: string, otherwise: string): number => {
    const value = durationMs(given[name] ?? otherwise);
    if (value === null || value < 10)
      throw new TypeError(`option health.${name} expects a duration of 10ms or more, such as '5s'`);
    return value;
  };
  const path = given['path'] ?? null;
  if (path !== null && (typeof path !== 'string' || !/^\/[!-~]*$/.test(path)))
    throw new TypeError("option health.path expects a path such as '/health'");
  return {
    maxFails: count('maxFails', 3),
    failTimeoutMs: duration('failTimeout', '10s'),
    intervalMs:
      given['interval'] === undefined || given['interval'] === null ? null : duration('interval', ''),
    timeoutMs: duration('timeout', '2s'),
    path,
    minPasses: count('minPasses', 2),
  };
}

interface State {
  fails: number;
  passes: number;
  isDown: boolean;
  /** When a target that failed in use is tried again, monotonic ms. */
  retryAtMs: number;
}

const MAX_STATUS_LINE = 64;

/**
 * Which targets of a balancer are up. Passive: the script reports with `fail` and `pass`; after `maxFails` fails in a row a target is down
 * for `failTimeout`, then one more try decides. Active, with an `interval`: targets are dialed; what is down comes back after
 * `minPasses` good checks.
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #ports: Ports;
  readonly #targets: () => readonly string[];
  readonly #states = new Map<string, State>();
  readonly #dialing = new Set<Dialed>();
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(options: HealthOptions, ports: Ports, targets: () => readonly string[]) {
    this.#options = options;
    this.#ports = ports;
    this.#targets = targets;
    this.#schedule();
  }

  /** Whether a target is to be used now. */
  isUp(target: string): boolean {
    const state = this.#states.get(target);
    if (state === undefined || !state.isDown) return true;
    return this.#options.intervalMs === null && this.#ports.clock.monotonicMs() >= state.retryAtMs;
  }

  fail(target: string, reason: string = 'it failed in use'): void {
    const state = this.#stateOf(target);
    state.passes = 0;
    state.fails++;
    state.retryAtMs = this.#ports.clock.monotonicMs() + this.#options.failTimeoutMs;
    if (state.isDown || state.fails < this.#options.maxFails) return;
    state.isDown = true;
    this.#ports.log.write('warn', `[algo] target ${target} is down: ${reason}`);
  }

  /** @param isChecked by an active check: then `minPasses` of them bring a target back */
  pass(target: string, isChecked: boolean = false): void {
    const state = this.#stateOf(target);
    state.fails = 0;
    state.passes++;
    if (!state.isDown || (isChecked && state.passes < this.#options.minPasses)) return;
    state.isDown = false;
    this.#ports.log.write('info', `[algo] target ${target} is up`);
  }

  /** No further checks. Safe twice. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const dialed of this.#dialing) dialed.destroy();
    this.#dialing.clear();
  }

  #stateOf(target: string): State {
    let state = this.#states.get(target);
    if (state === undefined) {
      state = { fails: 0, passes: 0, isDown: false, retryAtMs: 0 };
      this.#states.set(target, state);
    }
    return state;
  }

  #schedule(): void {
    const { intervalMs } = this.#options;
    if (intervalMs === null || this.#isStopped) return;
    this.#timer = this.#ports.clock.after(intervalMs, () => {
      const targets = this.#targets();
      // What is no target any more is forgotten.
      for (const known of this.#states.keys()) if (!targets.includes(known)) this.#states.delete(known);
      for (const target of targets) this.#check(target);
      this.#schedule();
    });
  }

  #check(target: string): void {
    const { path, timeoutMs } = this.#options;
    let answer = '';
    let isOver = false;
    let timer: Timer | null = null;
    const finish = (isGood: boolean, reason: string): void => {
      if (isOver) return;
      isOver = true;
      timer?.cancel();
      this.#dialing.delete(dialed);
      dialed.destroy();
      if (this.#isStopped) return;
      if (isGood) this.pass(target, true);
      else this.fail(target, reason);
    };
    const dialed = this.#ports.dialer.dial(
      target,
      {
        connectTimeoutMs: timeoutMs,
        idleTimeoutMs: 0,
        retryCount: 0,
        retryDelayMs: 0,
        bufferLimitBytes: 0,
        tls: null,
        isQuiet: true,
      },
      {
        onConnect: () => {
          if (path === null) finish(true, '');
        },
        onBytes: (bytes) => {
          if (answer.length < MAX_STATUS_LINE) answer += bytes.toString('latin1');
          const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
          if (status !== undefined) finish(/^[23]/.test(status), `${path} answers ${status}`);
          else if (answer.length >= MAX_STATUS_LINE) finish(false, `${path} does not answer HTTP`);
        },
        onEnd: (error, message) =>
          finish(false, [error || 'it closed the connection', message].filter(Boolean).join(': ')),
      },
    );
    this.#dialing.add(dialed);
    timer = this.#ports.clock.after(timeoutMs, () => finish(false, `no answer within ${timeoutMs} ms`));
    if (path !== null)
      dialed.write(
        Buffer.from(
          `GET ${path} HTTP/1.1\r\nHost: ${target}\r\nUser-Agent: tapline-health\r\nConnection: close\r\n\r\n`,
        ),
      );
  }
}

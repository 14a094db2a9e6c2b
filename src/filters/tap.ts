import { Data } from '../core/data.ts';
import { type Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';
import type { Clock, Timer } from '../core/ports.ts';
import { byteSize } from '../core/quantity.ts';

const REFILL_MS = 1000;

/** Limits rate (spec filters, tap). */
export const tap: FilterDeclaration = {
  name: 'tap',
  origin: 'spec',
  summary:
    'Lets a number of messages, or of bytes, pass per second; the rest waits its turn, first in, first out.',
  parameters: [
    {
      name: 'quota',
      type: 'any',
      signature: 'number | string | null | (() => number | string | null | undefined)',
      meaning:
        "a number of messages per second, a size of bytes per second such as '100k', nothing for no limit; or a function that returns it, asked once per session",
    },
    {
      name: 'account',
      type: 'any',
      isOptional: true,
      signature: 'any | (() => any)',
      meaning:
        'sessions that give the same text share one budget and one queue; without it all sessions do. A function is asked once per session',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().tap(10, () => __inbound.remoteAddress).replaceMessage(new Message('ok')).encodeHttpResponse()",
  ],
  prepare(args, site) {
    const accounts = new Map<string, Account>();
    return () => new Tap(args[0], args[1], accounts, site);
  },
};

/** What passes in a second; null for no limit. */
interface Quota {
  readonly unit: 'messages' | 'bytes';
  readonly amount: number;
}

/** States: `idle` → `open` → `ended` (the SessionEnd is in, and may still be in the queue). */
class Tap extends Stage {
  readonly #quota: unknown;
  readonly #name: unknown;
  readonly #accounts: Map<string, Account>;
  readonly #site: FilterSite;
  #account: Account | null = null;
  #state: 'idle' | 'open' | 'ended' = 'idle';
  #isHoldingSource = false;
  waitingBytes = 0;

  constructor(quota: unknown, name: unknown, accounts: Map<string, Account>, site: FilterSite) {
    super();
    this.#quota = quota;
    this.#name = name;
    this.#accounts = accounts;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'idle' && !this.#open()) return;
    if (event.kind === 'session-end') this.#state = 'ended';
    if (this.#account === null) this.emit(event);
    else this.#account.take(this, event);
  }

  override release(): void {
    this.#state = 'ended';
    this.#account?.leave(this);
    this.letSourceGo();
  }

  /** An event whose turn has come. */
  pass(event: Event): void {
    this.emit(event);
  }

  /** Too much waits, of a sender that cannot be held. */
  overflow(): void {
    this.#state = 'ended';
    this.#account?.leave(this);
    this.letSourceGo();
    this.emit(new SessionEnd('BufferOverflow', 'too many bytes wait in tap'));
  }

  holdSource(): void {
    if (this.#isHoldingSource) return;
    this.#isHoldingSource = true;
    this.session.stream.source?.hold();
  }

  letSourceGo(): void {
    if (!this.#isHoldingSource) return;
    this.#isHoldingSource = false;
    this.session.stream.source?.release();
  }

  #open(): boolean {
    const name = this.#valueOf(this.#name);
    if (name === FAILED) return false;
    const given = this.#valueOf(this.#quota);
    if (given === FAILED) return false;
    let quota: Quota | null;
    try {
      quota = readQuota(given);
    } catch (error) {
      this.session.abort(this, error);
      return false;
    }
    this.#state = 'open';
    const key = String(name);
    let account = this.#accounts.get(key);
    if (account === undefined) {
      if (quota === null) return true;
      account = new Account(quota, this.#site.ports.clock, () => this.#accounts.delete(key));
      this.#accounts.set(key, account);
    }
    account.join(this, quota);
    this.#account = account;
    return true;
  }

  #valueOf(given: unknown): unknown {
    return typeof given === 'function' ? this.session.call(this, given as () => unknown) : given;
  }
}

/** Throws RangeError for a text that is no size. */
function readQuota(value: unknown): Quota | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value < 0 ? null : { unit: 'messages', amount: Math.trunc(value) };
  const amount = byteSize(value instanceof Data ? value.toString() : value);
  if (amount === null)
    throw new RangeError(`tap expects a size such as '100k', got ${JSON.stringify(value)}`);
  return { unit: 'bytes', amount };
}

/** One budget and one queue; what kind of budget is fixed by its first user. */
class Account {
  readonly #unit: Quota['unit'];
  readonly #clock: Clock;
  readonly #onUnused: () => void;
  #amount: number;
  #left: number;
  #queue: { readonly user: Tap; readonly event: Event }[] = [];
  readonly #users = new Set<Tap>();
  #timer: Timer | null = null;
  #isRunning = false;

  constructor(quota: Quota, clock: Clock, onUnused: () => void) {
    this.#unit = quota.unit;
    this.#amount = quota.amount;
    this.#left = quota.amount;
    this.#clock = clock;
    this.#onUnused = onUnused;
  }

  join(user: Tap, quota: Quota | null): void {
    this.#users.add(user);
    this.#amount = quota === null ? Infinity : quota.amount;
    this.#startTimer();
  }

  leave(user: Tap): void {
    if (!this.#users.delete(user)) return;
    this.#queue = this.#queue.filter((waiting) => waiting.user !== user);
    this.#letGoWhenEmpty();
  }

  take(user: Tap, event: Event): void {
    if (event.kind === 'data' && event.size === 0 && this.#queue.length === 0) {
      user.pass(event);
      return;
    }
    this.#queue.push({ user, event });
    if (event.kind === 'data') user.waitingBytes += event.size;
    this.#run();
    if (this.#queue.length === 0) return;
    user.holdSource();
    if (user.waitingBytes > user.session.maxMessageBytes) user.overflow();
  }

  /** Everything whose turn has come, as far as the budget goes. */
  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#queue.length > 0 && this.#left > 0) {
      const { user, event } = this.#queue.shift()!;
      if (event.kind !== 'data' || this.#unit === 'messages' || event.size <= this.#left) {
        this.#left -= this.#costOf(event);
        if (event.kind === 'data') user.waitingBytes -= event.size;
        user.pass(event);
        continue;
      }
      // The first part passes now; nobody changes a Data that it was given.
      const rest = event.copy();
      const first = rest.shift(this.#left);
      user.waitingBytes -= first.size;
      this.#left = 0;
      this.#queue.unshift({ user, event: rest });
      user.pass(first);
    }
    this.#isRunning = false;
    this.#letGoWhenEmpty();
  }

  #costOf(event: Event): number {
    if (this.#unit === 'messages') return event.kind === 'message-end' ? 1 : 0;
    return event instanceof Data ? event.size : 0;
  }

  #letGoWhenEmpty(): void {
    if (this.#queue.length > 0) return;
    for (const user of this.#users) user.letSourceGo();
  }

  /** Refills each second from first use, until nobody uses the account any more. */
  #startTimer(): void {
    if (this.#timer !== null) return;
    this.#timer = this.#clock.after(REFILL_MS, () => {
      this.#timer = null;
      this.#left = this.#amount;
      if (this.#users.size === 0 && this.#queue.length === 0) {
        this.#onUnused();
        return;
      }
      this.#startTimer();
      this.#run();
    });
  }
}

import { type Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';
import type { Timer } from '../core/ports.ts';
import { durationMs } from '../core/quantity.ts';

type Condition = () => unknown;

/** Bytes held above which whoever sends them is not read. */
const HOLD_SOURCE_ABOVE_BYTES = 1024 * 1024;

/** Holds a stream back until something has happened elsewhere (spec filters, wait). */
export const wait: FilterDeclaration = {
  name: 'wait',
  origin: 'spec',
  summary: 'Holds events back until a condition is true; then everything passes.',
  parameters: [
    {
      name: 'condition',
      type: 'function',
      signature: '() => any',
      meaning:
        'asked at every event, and when a callback of this context or its forks has run, until it is true',
    },
    {
      name: 'options',
      type: 'object',
      isOptional: true,
      meaning: 'a limit of time',
      options: [
        {
          name: 'timeout',
          type: 'number|string',
          defaultValue: '0',
          meaning: 'after this long the session ends with Timeout; 0 never',
        },
      ],
    },
  ],
  examples: [
    "pipy({ _isReady: false }).listen(8000).fork('ask').wait(() => _isReady, { timeout: '5s' }).connect('127.0.0.1:80')\n.pipeline('ask').replaceSessionStart(new Data('may I?')).connect('127.0.0.1:90').onData(() => _isReady = true)",
  ],
  prepare(args, site) {
    const { timeout } = (args[1] ?? {}) as { timeout?: unknown };
    const timeoutMs =
      durationMs(timeout ?? 0) ?? site.reject("option timeout expects seconds or a duration such as '5s'");
    return () => new Wait(args[0] as Condition, timeoutMs, site);
  },
};

/** States: `waiting` → `passing`, or → `ended`. */
class Wait extends Stage {
  readonly #condition: Condition;
  readonly #timeoutMs: number;
  readonly #site: FilterSite;
  #state: 'waiting' | 'passing' | 'ended' = 'waiting';
  #held: Event[] = [];
  #heldBytes = 0;
  #isAsking = false;
  #isHoldingSource = false;
  #timer: Timer | null = null;
  readonly #onNews = (): void => {
    if (this.#state === 'waiting' && this.#held.length > 0 && this.#holds()) this.#pass();
  };

  constructor(condition: Condition, timeoutMs: number, site: FilterSite) {
    super();
    this.#condition = condition;
    this.#timeoutMs = timeoutMs;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#state === 'passing') this.emit(event);
    if (this.#state !== 'waiting') return;
    if (this.#holds()) {
      this.#held.push(event);
      this.#pass();
    } else if (this.#isWaiting()) this.#keep(event);
  }

  override release(): void {
    this.#leave('ended');
  }

  /** Whether the condition is true now; false also where it fails, the session is aborted then. */
  #holds(): boolean {
    // The condition is a callback like any other: it is no news to itself.
    if (this.#isAsking) return false;
    this.#isAsking = true;
    const result = this.session.call(this, this.#condition);
    this.#isAsking = false;
    if (result === FAILED) this.#leave('ended');
    return result !== FAILED && Boolean(result) && this.#isWaiting();
  }

  /** Asking may have changed the state. */
  #isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  #keep(event: Event): void {
    if (event.kind === 'session-end') {
      this.#leave('ended');
      this.emit(event);
      return;
    }
    if (this.#held.push(event) === 1) {
      this.session.context.group.waiters.add(this.#onNews);
      if (this.#timeoutMs > 0)
        this.#timer = this.#site.ports.clock.after(this.#timeoutMs, () =>
          this.#fail(new SessionEnd('Timeout', `wait has waited for ${this.#timeoutMs} ms`)),
        );
    }
    if (event.kind === 'data') this.#heldBytes += event.size;
    if (this.#heldBytes > this.session.maxMessageBytes)
      this.#fail(new SessionEnd('BufferOverflow', 'too many bytes wait in wait'));
    else if (this.#heldBytes > HOLD_SOURCE_ABOVE_BYTES && !this.#isHoldingSource) {
      this.#isHoldingSource = true;
      this.session.stream.source?.hold();
    }
  }

  #pass(): void {
    const held = this.#held;
    this.#leave('passing');
    for (const event of held) this.emit(event);
  }

  #fail(end: SessionEnd): void {
    if (this.#state !== 'waiting') return;
    this.#leave('ended');
    this.emit(end);
  }

  #leave(state: 'passing' | 'ended'): void {
    this.#state = state;
    this.#held = [];
    this.#timer?.cancel();
    this.session.context.group.waiters.delete(this.#onNews);
    if (!this.#isHoldingSource) return;
    this.#isHoldingSource = false;
    this.session.stream.source?.release();
  }
}

import { signal } from '@preact/signals';

/** Whether the gateway answers, as the last request or stream has seen it. */
export type ConnectionState =
  | { readonly kind: 'connected' }
  /** It does not answer; asked again each second. */
  | { readonly kind: 'lost'; readonly sinceMs: number }
  /** It answers again, `lostMs` later; other than before in that it may be another process. */
  | { readonly kind: 'back'; readonly lostMs: number }
  /** It wants the token. */
  | { readonly kind: 'locked' };

const PROBE_MS = 1000;
/** How often a gateway that nobody asks anything is asked whether it is there. */
const WATCH_MS = 3000;
const BACK_SHOWN_MS = 5000;

class Connection {
  readonly state = signal<ConnectionState>({ kind: 'connected' });
  /** Rises each time the gateway is found again or unlocked: what was loaded before should be loaded anew. */
  readonly epoch = signal(0);
  #answeredMs = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** A request or stream has failed without an answer. */
  lost(): void {
    if (this.state.value.kind === 'lost') return;
    this.state.value = { kind: 'lost', sinceMs: Date.now() };
    this.#later(() => void this.#probe(), PROBE_MS);
  }

  found(): void {
    this.#answeredMs = Date.now();
    const { value } = this.state;
    if (value.kind !== 'lost') return;
    this.state.value = { kind: 'back', lostMs: Date.now() - value.sinceMs };
    this.epoch.value++;
    this.#later(() => {
      if (this.state.value.kind === 'back') this.state.value = { kind: 'connected' };
    }, BACK_SHOWN_MS);
  }

  /** Notices a gateway that goes away while nothing is asked of it; gives the way to stop. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (
        this.state.value.kind === 'connected' &&
        document.visibilityState === 'visible' &&
        Date.now() - this.#answeredMs >= WATCH_MS
      )
        void this.#probe();
    }, WATCH_MS);
    return () => clearInterval(timer);
  }

  /** The gateway wants a token first. */
  refused(): void {
    this.state.value = { kind: 'locked' };
  }

  unlocked(): void {
    this.state.value = { kind: 'connected' };
    this.epoch.value++;
  }

  async #probe(): Promise<void> {
    try {
      const { status } = await fetch('/api/info', {
        signal: AbortSignal.timeout(2 * PROBE_MS),
        cache: 'no-store',
      });
      // It answers probes before it has anything to tell.
      if (status === 404 || status === 503) throw new Error('it starts');
      this.found();
    } catch {
      if (this.state.value.kind === 'lost') this.#later(() => void this.#probe(), PROBE_MS);
      else this.lost();
    }
  }

  #later(what: () => void, ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(what, ms);
  }
}

/** The one connection of the page: it shows a banner while the gateway does not answer. */
export const connection = new Connection();

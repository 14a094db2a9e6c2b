/** What is asked again and again while somebody looks: one question at a time, none from a page in the background, and at once when that is looked at again. */
export class Poll {
  readonly #ask: (signal: AbortSignal) => Promise<number | null>;
  readonly #isAskedHidden: boolean;
  readonly #ended = new AbortController();
  readonly #onVisibility = (): void => {
    if (!document.hidden && !this.#isResting) this.now();
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #isResting = false;

  /**
   * @param ask must not reject; tells how many ms later to ask again, null for not before `now`
   * @param isAskedHidden also from a page in the background
   */
  constructor(ask: (signal: AbortSignal) => Promise<number | null>, { isAskedHidden = false } = {}) {
    this.#ask = ask;
    this.#isAskedHidden = isAskedHidden;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.now();
  }

  /** For good; what is under way is aborted. */
  stop(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  /** Asks, unless a question is under way. */
  now(): void {
    this.#isResting = false;
    void this.#turn();
  }

  /** Not again before `now`. */
  rest(): void {
    this.#isResting = true;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    clearTimeout(this.#timer);
    const { signal } = this.#ended;
    if (this.#isAsking || signal.aborted || (document.hidden && !this.#isAskedHidden)) return;
    this.#isAsking = true;
    const pauseMs = await this.#ask(signal);
    this.#isAsking = false;
    this.#isResting ||= pauseMs === null;
    if (!signal.aborted && !this.#isResting) this.#timer = setTimeout(() => void this.#turn(), pauseMs ?? 0);
  }
}

const BAR_CHARACTERS = 24;

/** Where a run is: a bar that moves on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #isBar: boolean;
  readonly #hasColour: boolean;
  readonly #totalSeconds: number;
  #doneSeconds = 0;
  #startMs = performance.now();
  #text = '';
  #timer: NodeJS.Timeout | null = null;

  /** @param totalSeconds what all steps are thought to take */
  constructor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, totalSeconds: number) {
    this.#stream = stream;
    this.#isBar = stream.isTTY;
    this.#hasColour = this.#isBar && (env['NO_COLOR'] ?? '') === '';
    this.#totalSeconds = totalSeconds;
  }

  /** A step begins. */
  begin(text: string): void {
    this.#text = text;
    if (!this.#isBar) return;
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), 500);
  }

  /** It is over; what is to be said of it in a line. */
  end(seconds: number, line: string): void {
    this.#doneSeconds += seconds;
    if (this.#isBar) this.#clear();
    else this.#stream.write(`[${this.#percent()} %] ${this.#text}: ${line}\n`);
  }

  /** A line that stays. */
  note(line: string): void {
    if (this.#isBar) this.#clear();
    this.#stream.write(`${line}\n`);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#isBar) this.#clear();
  }

  #draw(): void {
    const filled = Math.round((this.#percent() / 100) * BAR_CHARACTERS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARACTERS - filled);
    const coloured = this.#hasColour ? `\u001b[36m${bar}\u001b[0m` : bar;
    const left = `${bar} ${this.#percent()} % ${this.#text}${this.#remaining()}`;
    const width = this.#stream.columns ?? 80;
    this.#stream.write(`\r\u001b[K${coloured}${left.slice(bar.length, width - 1)}`);
  }

  #clear(): void {
    this.#stream.write('\r\u001b[K');
  }

  #percent(): number {
    return this.#totalSeconds === 0
      ? 100
      : Math.min(100, Math.round((this.#doneSeconds / this.#totalSeconds) * 100));
  }

  #remaining(): string {
    if (this.#doneSeconds === 0) return '';
    const secondsLeft = Math.max(
      0,
      Math.round(
        (((performance.now() - this.#startMs) / 1000) * (this.#totalSeconds - this.#doneSeconds)) /
          this.#doneSeconds,
      ),
    );
    return `, about ${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')} left`;
  }
}

const RANDOM_BYTES = 2560;
/** Hexadecimal digits that an id takes: 74 random bits, two of the digits' bits unused. */
const DIGITS = 19;
/** The variant's two bits and two random ones, by a random digit. */
const VARIANTS = '89ab89ab89ab89ab';

/** UUID version 7 (RFC 9562 section 5.7): sorts by time. */
export class RecordIds {
  readonly #randomBytes: (size: number) => Buffer;
  /** Random digits; text, since an id is text. */
  #pool = '';
  #at = 0;
  #lastMs = Number.NaN;
  #lastTime = '';

  constructor(randomBytes: (size: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  next(wallMs: number): string {
    if (this.#at + DIGITS > this.#pool.length) {
      this.#pool = this.#randomBytes(RANDOM_BYTES).toString('hex');
      this.#at = 0;
    }
    const pool = this.#pool;
    const at = this.#at;
    this.#at += DIGITS;
    const variant = VARIANTS[Number.parseInt(pool[at + 3]!, 16)]!;
    return `${this.#time(wallMs)}-7${pool.slice(at, at + 3)}-${variant}${pool.slice(at + 4, at + 7)}-${pool.slice(at + 7, at + DIGITS)}`;
  }

  #time(wallMs: number): string {
    if (wallMs !== this.#lastMs) {
      const digits = Math.trunc(wallMs).toString(16).padStart(12, '0');
      this.#lastTime = `${digits.slice(0, 8)}-${digits.slice(8)}`;
      this.#lastMs = wallMs;
    }
    return this.#lastTime;
  }
}

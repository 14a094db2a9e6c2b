const POOL_BYTES = 4096;

/** Random bytes as hexadecimal digits, fetched many at a time: asking the system for a few is dear. */
export class RandomPool {
  readonly #randomBytes: (size: number) => Buffer;
  #pool: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(randomBytes: (size: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  /** @param size bytes, at most 256 */
  hex(size: number): string {
    if (this.#at + size > this.#pool.length) {
      this.#pool = this.#randomBytes(POOL_BYTES);
      this.#at = 0;
    }
    return this.#pool.toString('hex', this.#at, (this.#at += size));
  }

  /** From 0 up to 1. */
  fraction(): number {
    return Number.parseInt(this.hex(4), 16) / 2 ** 32;
  }
}

/** UUID version 7 (RFC 9562 section 5.7): sorts by time. */
export class RecordIds {
  readonly #randomBytes: (size: number) => Buffer;
  #pool: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(randomBytes: (size: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  next(wallMs: number): string {
    if (this.#at + 10 > this.#pool.length) {
      this.#pool = this.#randomBytes(2560);
      this.#at = 0;
    }
    const random = this.#pool.subarray(this.#at, (this.#at += 10));
    random[0] = (random[0]! & 0x0f) | 0x70;
    random[2] = (random[2]! & 0x3f) | 0x80;
    const time = Math.trunc(wallMs).toString(16).padStart(12, '0');
    const hex = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
  }
}

const CHUNK_BYTES = 256 * 1024;
/** A larger text gets memory of its own. */
const MAX_SHARED_BYTES = CHUNK_BYTES / 4;
/** No character of a string takes more in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Where documents become bytes: side by side in large pieces of memory, each with room before it for the frame that the spool puts around it, so
 * that a batch of records is one stretch of memory that is written as it stands.
 */
export class RecordSpace {
  readonly #roomBefore: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;

  /** @param roomBefore bytes that are left free before each document */
  constructor(roomBefore: number) {
    this.#roomBefore = roomBefore;
  }

  /** The text as UTF-8. What lies up to `roomBefore` bytes before it belongs to it. */
  place(text: string): Buffer {
    const most = this.#roomBefore + text.length * MAX_BYTES_PER_UNIT;
    if (most > MAX_SHARED_BYTES) return this.#placeAlone(text);
    if (this.#at + most > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      this.#at = 0;
    }
    const start = this.#at + this.#roomBefore;
    this.#at = start + this.#chunk.write(text, start, 'utf8');
    return this.#chunk.subarray(start, this.#at);
  }

  #placeAlone(text: string): Buffer {
    const alone = Buffer.allocUnsafeSlow(this.#roomBefore + Buffer.byteLength(text));
    alone.write(text, this.#roomBefore, 'utf8');
    return alone.subarray(this.#roomBefore);
  }
}

/** Larger ones are rare, and would be held for nothing. */
const MAX_SPARE_BYTES = 2.5 * 1024 * 1024;
const MAX_SPARES = 2;
/** Sizes are multiples of it, so that one fits more often. */
const STEP_BYTES = 64 * 1024;

/**
 * Large buffers that are used again. Left to garbage collection, those of batches that have been delivered outnumber those under way several
 * times: they wait for a full collection, since they outlive the young generation.
 */
export class SpareBuffers {
  #spares: Buffer[] = [];

  /** A buffer of at least so many bytes, with anything in it. */
  take(bytes: number): Buffer {
    const at = this.#spares.findIndex(({ length }) => length >= bytes);
    if (at >= 0) return this.#spares.splice(at, 1)[0]!;
    // Of those that are too small, one makes room for the larger.
    this.#spares.pop();
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }

  /** A buffer that nobody reads or writes any more. */
  give(buffer: Buffer): void {
    if (buffer.length > MAX_SPARE_BYTES || this.#spares.length >= MAX_SPARES) return;
    this.#spares.push(buffer);
  }
}

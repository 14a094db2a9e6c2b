const CHUNK_BYTES = 256 * 1024;
/** A larger text gets memory of its own. */
const MAX_SHARED_BYTES = CHUNK_BYTES / 4;
/** No character of a string takes more in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Where a document stands. */
export interface Placed {
  readonly bytes: Buffer;
  readonly before: Buffer;
  /** Bytes before `bytes` that nobody else uses, `before` among them. */
  readonly roomBefore: number;
}

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

  /** A document as UTF-8 and, right before it, what goes with it. */
  place(document: string, before: string = ''): Placed {
    const most = this.#roomBefore + (before.length + document.length) * MAX_BYTES_PER_UNIT;
    if (most > MAX_SHARED_BYTES) return this.#placeAlone(document, before);
    if (this.#at + most > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      this.#at = 0;
    }
    const start = this.#at + this.#roomBefore;
    const placed = this.#write(this.#chunk, start, document, before);
    this.#at = start + placed.before.length + placed.bytes.length;
    return placed;
  }

  #placeAlone(document: string, before: string): Placed {
    const bytes = this.#roomBefore + Buffer.byteLength(before) + Buffer.byteLength(document);
    return this.#write(Buffer.allocUnsafeSlow(bytes), this.#roomBefore, document, before);
  }

  #write(chunk: Buffer, start: number, document: string, before: string): Placed {
    const middle = before === '' ? start : start + chunk.write(before, start, 'utf8');
    const end = middle + chunk.write(document, middle, 'utf8');
    return {
      bytes: chunk.subarray(middle, end),
      before: chunk.subarray(start, middle),
      roomBefore: middle - start + this.#roomBefore,
    };
  }
}

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

/** A piece of memory that several documents share. */
interface Chunk {
  readonly bytes: Buffer;
  /** So far it is taken. */
  placedBytes: number;
  /** Bytes of it that nobody needs any more. */
  writtenBytes: number;
}

/** Chunks that lie ready to be filled again; what a disk takes at once is more, and is left to the garbage collector. */
const MAX_SPARE_CHUNKS = 4;
/** Full chunks that are waited for; what is older is not used again. */
const MAX_FULL_CHUNKS = 64;

export interface RecordSpaceOptions {
  /** Bytes that are left free before each document. */
  readonly roomBefore: number;
  /**
   * Memory is filled again once all of it was told as `written`. Only where nobody can keep a document longer: the bytes of a record that a script
   * has put aside would become those of another. Without it some 40 MB of written records a second wait for the garbage collector under load.
   */
  readonly isReused: boolean;
}

/**
 * Where documents become bytes: side by side in large pieces of memory, each with room before it for the frame that the spool puts around it, so
 * that a batch of records is one stretch of memory that is written as it stands.
 */
export class RecordSpace {
  readonly #roomBefore: number;
  /** Chunks that are full and not written, by their memory; null where nothing is used again. */
  #full: Map<ArrayBufferLike, Chunk> | null;
  #spares: Buffer[] = [];
  #chunk: Chunk = { bytes: Buffer.alloc(0), placedBytes: 0, writtenBytes: 0 };

  constructor({ roomBefore, isReused }: RecordSpaceOptions) {
    this.#roomBefore = roomBefore;
    this.#full = isReused ? new Map() : null;
  }

  /** From now on somebody may keep a document: no memory is filled again any more, that of documents before included. */
  stopReusing(): void {
    this.#full = null;
    this.#spares = [];
  }

  /** A document as UTF-8 and, right before it, what goes with it. */
  place(document: string, before: string = ''): Placed {
    const most = this.#roomBefore + (before.length + document.length) * MAX_BYTES_PER_UNIT;
    if (most > MAX_SHARED_BYTES) return this.#placeAlone(document, before);
    if (this.#chunk.placedBytes + most > this.#chunk.bytes.length) this.#nextChunk();
    const chunk = this.#chunk;
    const start = chunk.placedBytes + this.#roomBefore;
    const placed = this.#write(chunk.bytes, start, document, before);
    chunk.placedBytes = start + placed.before.length + placed.bytes.length;
    return placed;
  }

  /** These stretches of memory are written, room and all: nobody needs them any more. */
  written(stretches: readonly Buffer[]): void {
    if (this.#full === null) return;
    for (const { buffer, length } of stretches) {
      const chunk = buffer === this.#chunk.bytes.buffer ? this.#chunk : this.#full.get(buffer);
      if (chunk === undefined) continue;
      chunk.writtenBytes += length;
      if (chunk !== this.#chunk && chunk.writtenBytes === chunk.placedBytes) this.#spare(chunk);
    }
  }

  #nextChunk(): void {
    const last = this.#chunk;
    if (this.#full !== null && last.placedBytes > 0) {
      // One whose records were lost on their way is never written whole: it must not be kept for ever.
      if (this.#full.size >= MAX_FULL_CHUNKS) this.#full.clear();
      this.#full.set(last.bytes.buffer, last);
      if (last.writtenBytes === last.placedBytes) this.#spare(last);
    }
    const bytes = this.#spares.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#chunk = { bytes, placedBytes: 0, writtenBytes: 0 };
  }

  #spare({ bytes }: Chunk): void {
    this.#full!.delete(bytes.buffer);
    if (this.#spares.length < MAX_SPARE_CHUNKS) this.#spares.push(bytes);
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

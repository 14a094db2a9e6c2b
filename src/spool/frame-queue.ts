/** A piece of memory; frames that lie side by side are one. */
interface Stretch {
  readonly buffer: ArrayBufferLike;
  readonly start: number;
  end: number;
}

/**
 * Frames that wait to be written, oldest first. Nothing is kept of a record but the memory of its frame: thousands of small objects that wait
 * together would each be copied, and in the end collected, as part of the old generation.
 */
export class FrameQueue {
  #stretches: Stretch[] = [];
  bytes = 0;

  get isEmpty(): boolean {
    return this.#stretches.length === 0;
  }

  add(frame: Buffer): void {
    const { buffer, byteOffset: start, length } = frame;
    const end = start + length;
    const last = this.#stretches.at(-1);
    if (last !== undefined && last.buffer === buffer && last.end === start) last.end = end;
    else this.#stretches.push({ buffer, start, end });
    this.bytes += length;
  }

  /** Removes the oldest frames, at least one: a whole piece of memory. Null where there are none. */
  dropOldest(): Buffer | null {
    const oldest = this.#stretches.shift();
    if (oldest === undefined) return null;
    this.bytes -= oldest.end - oldest.start;
    return bytesOf(oldest);
  }

  /** Takes everything out, as few pieces of memory as there are. */
  takeAll(): Buffer[] {
    const pieces = this.#stretches.map(bytesOf);
    this.#stretches = [];
    this.bytes = 0;
    return pieces;
  }

  /** Puts back what could not be written, before what has come since. */
  putBack(pieces: readonly Buffer[]): void {
    const since = this.#stretches;
    this.#stretches = [];
    for (const piece of pieces) this.add(piece);
    this.#stretches.push(...since);
  }
}

function bytesOf({ buffer, start, end }: Stretch): Buffer {
  return Buffer.from(buffer as ArrayBuffer, start, end - start);
}

/** Rows that are kept together. */
export const CHUNK_ROWS = 8192;

/** Some of the rows of a chunk. */
export class RowSet {
  readonly words = new Uint32Array(CHUNK_ROWS / 32);

  has(at: number): boolean {
    return (this.words[at >>> 5]! & (1 << (at & 31))) !== 0;
  }

  add(at: number): void {
    this.words[at >>> 5]! |= 1 << (at & 31);
  }
}

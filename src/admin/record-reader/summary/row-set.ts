/** Rows that are kept together. */
export const CHUNK_ROWS = 8192;

/** Rows of one chunk: places in it, `to` included. */
export interface ChunkPart {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** The parts of chunks that rows lie in, the last one included. */
export function chunkParts(firstRow: number, lastRow: number): ChunkPart[] {
  const parts: ChunkPart[] = [];
  for (let number = Math.floor(firstRow / CHUNK_ROWS); number * CHUNK_ROWS <= lastRow; number++) {
    const start = number * CHUNK_ROWS;
    parts.push({
      number,
      from: Math.max(firstRow - start, 0),
      to: Math.min(lastRow - start, CHUNK_ROWS - 1),
    });
  }
  return parts;
}

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

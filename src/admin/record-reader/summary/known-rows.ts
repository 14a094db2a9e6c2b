import { CHUNK_ROWS, RowSet } from './row-set.ts';

/** Of a chunk: which rows are known, and which of these match. */
export interface KnownChunk {
  readonly known: RowSet;
  readonly matching: RowSet;
}

/** Which rows are known to match a query, and which not to: as rows never change, each is asked once. */
export class KnownRows {
  readonly #chunks = new Map<number, KnownChunk>();

  /** Undefined where nothing of it is known. */
  chunk(number: number): KnownChunk | undefined {
    return this.#chunks.get(number);
  }

  /** Null where it is not known. */
  isMatching(row: number): boolean | null {
    const chunk = this.#chunks.get(Math.floor(row / CHUNK_ROWS));
    const at = row % CHUNK_ROWS;
    return chunk?.known.has(at) === true ? chunk.matching.has(at) : null;
  }

  note(row: number, isMatching: boolean): void {
    const number = Math.floor(row / CHUNK_ROWS);
    let chunk = this.#chunks.get(number);
    if (chunk === undefined)
      this.#chunks.set(number, (chunk = { known: new RowSet(), matching: new RowSet() }));
    chunk.known.add(row % CHUNK_ROWS);
    if (isMatching) chunk.matching.add(row % CHUNK_ROWS);
  }

  /** Forgets what is known of rows before this one, about. */
  forgetBefore(row: number): void {
    for (const number of this.#chunks.keys())
      if ((number + 1) * CHUNK_ROWS <= row) this.#chunks.delete(number);
  }
}

/** Enough for most records: putting together looks at each place of the list. One with many fields makes it grow for itself. */
const USUAL_PIECES = 96;

/**
 * A long text in the making: pieces in a list that is used again and again, put together once. Adding strings to each other would make an object of
 * every step, and walk through all of them in the end.
 */
export class TextPieces {
  readonly #pieces: string[] = Array.from({ length: USUAL_PIECES }, () => '');
  #count = 0;

  /** Adds a piece. */
  put(text: string): this {
    // An empty piece is where the list ends: see `take`.
    if (text !== '') this.#pieces[this.#count++] = text;
    return this;
  }

  /** Forgets what was put and not taken. */
  clear(): void {
    this.#count = 0;
  }

  /** All pieces as one text; begins anew. */
  take(): string {
    const pieces = this.#pieces;
    const count = this.#count;
    // What is left of a longer text before this one.
    for (let index = count; index < pieces.length && pieces[index] !== ''; index++) pieces[index] = '';
    this.#count = 0;
    const text = pieces.join('');
    if (pieces.length > USUAL_PIECES) pieces.length = USUAL_PIECES;
    return text;
  }
}

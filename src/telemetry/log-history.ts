/** A longer line is cut (spec cli 3). */
const MAX_LINE_BYTES = 999;

/** Lines that are kept; with their bound of bytes 1 MB at most. */
const MAX_LINES = 1000;

/** The last lines of the log, for the page, with a running count of all there ever were (spec cli 7.3). */
export class LogHistory {
  /** A ring: the n-th line of all is at n modulo its size. */
  readonly #lines: string[] = [];
  #count = 0;

  /** @param line without its line break, and without anything that a terminal would obey */
  add(line: string): void {
    this.#lines[this.#count % MAX_LINES] = cut(line);
    this.#count++;
  }

  /** How many lines there were. */
  get size(): number {
    return this.#count;
  }

  /**
   * The lines after the first `known` ones, as far as they are kept, each ended by a line break. Who knows more than there are has them of a
   * gateway that ran before: for him the log begins anew.
   */
  after(known: number): string {
    const first = Math.max(known > this.#count ? 0 : known, this.#count - MAX_LINES);
    let text = '';
    for (let number = first; number < this.#count; number++) text += `${this.#lines[number % MAX_LINES]!}\n`;
    return text;
  }
}

/** Not within a character. */
function cut(line: string): string {
  // No character takes more than three bytes for each of its units.
  if (line.length * 3 <= MAX_LINE_BYTES) return line;
  const bytes = Buffer.from(line);
  if (bytes.length <= MAX_LINE_BYTES) return line;
  let end = MAX_LINE_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** No value. */
export const NONE = 0;
/** A value that is not counted: it was rare when there were too many, or no query can ask for it. */
export const DROPPED = 1;

const FIRST = 2;
/** Values that are told apart; beyond, the rare ones are dropped. */
const MAX_VALUES = 5000;
const KEPT_VALUES = 2500;
/** Texts whose patterns are remembered. */
const MAX_KNOWN = 4096;

/** Numbers for the values of a facet, which come from records: however many there are, it does not grow. */
export class ValueTable {
  readonly #patternOf: (text: string) => string | null;
  readonly #ids = new Map<string, number>();
  readonly #patterns: string[] = ['', ''];
  readonly #shown: string[] = ['', ''];
  readonly #known = new Map<string, number>();

  /** @param patternOf what a query has to say to find a value; null where none can */
  constructor(patternOf: (text: string) => string | null) {
    this.#patternOf = patternOf;
  }

  /** One more than the highest number. */
  get size(): number {
    return this.#patterns.length;
  }

  /** Whether `compact` is due, before more is entered. */
  get isFull(): boolean {
    return this.size >= FIRST + MAX_VALUES;
  }

  idOf(text: string | null): number {
    if (text === null) return NONE;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const id = this.#enter(text);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    // Long texts are not kept.
    if (text.length < 256) this.#known.set(text, id);
    return id;
  }

  patternAt(id: number): string {
    return this.#patterns[id]!;
  }

  /** The pattern in the case in which it first came: to a query it is the same. */
  shownAt(id: number): string {
    return this.#shown[id]!;
  }

  /**
   * Keeps the most frequent.
   * @param counts by number
   * @returns new numbers by old ones
   */
  compact(counts: Uint32Array): Uint16Array {
    const kept = Array.from({ length: this.size - FIRST }, (_, index) => FIRST + index)
      .sort((left, right) => counts[right]! - counts[left]!)
      .slice(0, KEPT_VALUES);
    const renumbered = new Uint16Array(this.size).fill(DROPPED);
    renumbered[NONE] = NONE;
    const values = kept.map((id) => ({ id, pattern: this.patternAt(id), shown: this.shownAt(id) }));
    this.#ids.clear();
    this.#known.clear();
    this.#patterns.length = FIRST;
    this.#shown.length = FIRST;
    for (const { id, pattern, shown } of values) renumbered[id] = this.#add(pattern, shown);
    return renumbered;
  }

  #enter(text: string): number {
    const pattern = this.#patternOf(text);
    if (pattern === null) return DROPPED;
    return this.#ids.get(pattern) ?? this.#add(pattern, shownOf(pattern, text));
  }

  #add(pattern: string, shown: string): number {
    const id = this.#patterns.push(pattern) - 1;
    this.#shown.push(shown);
    this.#ids.set(pattern, id);
    return id;
  }
}

/** In the case in which it came, where that has as many letters. */
function shownOf(pattern: string, text: string): string {
  const asked = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  const own = text.slice(0, asked.length);
  return own.toLowerCase() === asked ? `${own}${pattern.slice(asked.length)}` : pattern;
}

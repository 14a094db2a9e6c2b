/** What a header line says. */
export interface FieldLine {
  readonly name: string;
  /** Trimmed. */
  readonly value: string;
}

/** Lines of one generation, and the longest that is kept: a few hundred KB at the very most. */
const MAX_LINES = 512;
const MAX_LINE_LENGTH = 256;
/** What may be a secret is not kept longer than its request. */
const SENSITIVE = /auth|cookie|token|secret|key|session|credential|password/i;

/**
 * Header lines that were read and found sound: most of those of a service come again and again, and a look-up is much cheaper than to read one. Two
 * generations: when the younger is full, it becomes the older, whose lines are forgotten unless they come again.
 */
export class KnownLines {
  #young = new Map<string, FieldLine>();
  #old = new Map<string, FieldLine>();

  get(line: string): FieldLine | undefined {
    const field = this.#young.get(line);
    if (field !== undefined) return field;
    const before = this.#old.get(line);
    if (before !== undefined) this.#add(line, before);
    return before;
  }

  /** Keep a line that is sound whatever stands around it. */
  add(line: string, field: FieldLine): void {
    if (line.length <= MAX_LINE_LENGTH && !SENSITIVE.test(line)) this.#add(line, field);
  }

  #add(line: string, field: FieldLine): void {
    if (this.#young.size >= MAX_LINES) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(line, field);
  }
}

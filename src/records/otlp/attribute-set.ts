/** Bounds on attributes (OpenTelemetry specification, common, attribute limits). */
export interface AttributeLimits {
  /** Characters of a string, and of each string of a list; more are cut off. */
  readonly maxValueLength: number;
  /** Attributes of one log record or span; more are left out and counted. */
  readonly maxCount: number;
}

export type AttributeValue = string | number | boolean | string[];

/** The attributes of one log record or span under their limits: what is set first is what stays. */
export class AttributeSet {
  readonly values: Record<string, AttributeValue> = {};
  droppedCount = 0;
  readonly #limits: AttributeLimits;
  #count = 0;

  constructor(limits: AttributeLimits) {
    this.#limits = limits;
  }

  /** Sets an attribute that is not set yet; undefined sets nothing. */
  set(name: string, value: string | number | boolean | readonly string[] | undefined): void {
    if (value === undefined) return;
    if (this.#count >= this.#limits.maxCount) {
      this.droppedCount++;
      return;
    }
    this.#count++;
    this.values[name] =
      typeof value === 'string'
        ? this.#text(value)
        : typeof value === 'object'
          ? value.map((text) => this.#text(text))
          : value;
  }

  /** Whether a text is longer than a value may be. */
  isTooLong(text: string): boolean {
    return text.length > this.#limits.maxValueLength && this.#cut(text).length < text.length;
  }

  /** Text that both encodings can carry: a lone surrogate has no UTF-8. */
  #text(text: string): string {
    return (text.length > this.#limits.maxValueLength ? this.#cut(text) : text).toWellFormed();
  }

  /** A character counts 1, also where it takes two code units. */
  #cut(text: string): string {
    let end = 0;
    for (let count = 0; count < this.#limits.maxValueLength && end < text.length; count++)
      end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    return text.slice(0, end);
  }
}

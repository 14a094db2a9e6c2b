import { REDACTED } from '../redaction/redaction.ts';
import type { CountingRedactor } from './counting-redactor.ts';
import { quote } from './json-text.ts';
import { shownText } from './shown-text.ts';
import type { TextPieces } from './text-pieces.ts';

/** Names and, of each, values that are remembered: some 2 MB at the very most, a few KB in practice. */
const MAX_NAMES = 256;
const MAX_VALUES = 32;
const MAX_REMEMBERED_LENGTH = 256;

/** What is known of a header name. */
interface KnownName {
  /** `"lower-case":` */
  readonly member: string;
  readonly isSecret: boolean;
  /** Harmless values that came before, as JSON. Null for a name whose values hardly ever come again. */
  values: Map<string, string> | null;
  hits: number;
  /** The call of `write` that saw this name last, to find fields that come more than once. */
  lastCall: number;
}

/**
 * Headers as JSON, redacted. Most header lines of a service come again and again: their texts are remembered, within bounds. A value that
 * had anything to redact is never kept.
 */
export class HeaderTexts {
  readonly #redactor: CountingRedactor;
  readonly #names = new Map<string, KnownName>();
  #call = 0;

  constructor(redactor: CountingRedactor) {
    this.#redactor = redactor;
  }

  /** Writes all fields as one JSON object by lower-case name, with a list where a field came more than once. */
  write(out: TextPieces, raw: readonly string[]): void {
    if (this.#hasRepeated(raw)) {
      out.put(this.#withLists(raw));
      return;
    }
    out.put('{');
    for (let index = 0; index < raw.length; index += 2) {
      const name = this.#known(raw[index]!);
      if (index > 0) out.put(',');
      out.put(name.member).put(this.#value(name, raw[index + 1]!));
    }
    out.put('}');
  }

  #hasRepeated(raw: readonly string[]): boolean {
    // Only between two calls: within one, a name must stay the same object.
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    const call = ++this.#call;
    for (let index = 0; index < raw.length; index += 2) {
      const name = this.#known(raw[index]!);
      if (name.lastCall === call) return true;
      name.lastCall = call;
    }
    return false;
  }

  /** One value as JSON, covered where the field's name says so. */
  value(name: string, value: string): string {
    return this.#value(this.#known(name), value);
  }

  #known(name: string): KnownName {
    let known = this.#names.get(name);
    if (known !== undefined) return known;
    const lower = name.toLowerCase();
    known = this.#names.get(lower);
    if (known === undefined) {
      known = {
        member: `${quote(lower)}:`,
        isSecret: this.#redactor.names.isHeader(lower),
        values: new Map(),
        hits: 0,
        lastCall: 0,
      };
      this.#names.set(lower, known);
    }
    if (name !== lower) this.#names.set(name, known);
    return known;
  }

  #value(name: KnownName, value: string): string {
    if (name.isSecret) {
      this.#redactor.count++;
      return `"${REDACTED}"`;
    }
    const remembered = name.values?.get(value);
    if (remembered !== undefined) {
      name.hits++;
      return remembered;
    }
    const before = this.#redactor.count;
    const text = quote(this.#redactor.text(shownText(value)));
    if (this.#redactor.count === before && value.length <= MAX_REMEMBERED_LENGTH)
      this.#remember(name, value, text);
    return text;
  }

  #remember(name: KnownName, value: string, text: string): void {
    const { values } = name;
    if (values === null) return;
    if (values.size >= MAX_VALUES) {
      // A date, an id: remembering is more work than it saves.
      if (name.hits < MAX_VALUES) {
        name.values = null;
        return;
      }
      values.clear();
      name.hits = 0;
    }
    values.set(value, text);
  }

  /** The rare case: what comes more than once stands in a list, at the place of the first. */
  #withLists(raw: readonly string[]): string {
    const members = new Map<KnownName, string[]>();
    for (let index = 0; index < raw.length; index += 2) {
      const name = this.#known(raw[index]!);
      const value = this.#value(name, raw[index + 1]!);
      const values = members.get(name);
      if (values === undefined) members.set(name, [value]);
      else values.push(value);
    }
    const text = [...members].map(
      ([{ member }, values]) => member + (values.length === 1 ? values[0]! : `[${values.join(',')}]`),
    );
    return `{${text.join(',')}}`;
  }
}

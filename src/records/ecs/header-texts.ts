import { REDACTED } from '../redaction/redaction.ts';
import type { CountingRedactor } from './counting-redactor.ts';
import { quote } from './json-text.ts';
import { shownText } from './shown-text.ts';
import type { TextPieces } from './text-pieces.ts';

/** Names and, of each, values that are remembered: some 2 MB at the very most, a few KB in practice. */
const MAX_NAMES = 256;
const MAX_VALUES = 32;
const MAX_REMEMBERED_LENGTH = 256;

/** A field as JSON. */
interface FieldText {
  /** `,"lower-case-name":"value"` */
  readonly member: string;
  readonly value: string;
}

/** What is known of a header name. */
interface KnownName {
  /** `,"lower-case-name":` */
  readonly start: string;
  /** Where the name is a secret's: its one text. */
  readonly covered: FieldText | null;
  /** Harmless values that came before. Null for a name whose values hardly ever come again. */
  values: Map<string, FieldText> | null;
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
      const { member } = this.#text(this.#known(raw[index]!), raw[index + 1]!);
      out.put(index === 0 ? member.slice(1) : member);
    }
    out.put('}');
  }

  /** One value as JSON, covered where the field's name says so. */
  value(name: string, value: string): string {
    return this.#text(this.#known(name), value).value;
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

  #known(name: string): KnownName {
    let known = this.#names.get(name);
    if (known !== undefined) return known;
    const lower = name.toLowerCase();
    known = this.#names.get(lower);
    if (known === undefined) {
      const start = `,${quote(lower)}:`;
      const covered = { member: `${start}"${REDACTED}"`, value: `"${REDACTED}"` };
      const isSecret = this.#redactor.names.isHeader(lower);
      known = { start, covered: isSecret ? covered : null, values: new Map(), hits: 0, lastCall: 0 };
      this.#names.set(lower, known);
    }
    if (name !== lower) this.#names.set(name, known);
    return known;
  }

  #text(name: KnownName, value: string): FieldText {
    if (name.covered !== null) {
      this.#redactor.count++;
      return name.covered;
    }
    const remembered = name.values?.get(value);
    if (remembered !== undefined) {
      name.hits++;
      return remembered;
    }
    const before = this.#redactor.count;
    const quoted = quote(this.#redactor.text(shownText(value)));
    const text = { member: name.start + quoted, value: quoted };
    if (this.#redactor.count === before && value.length <= MAX_REMEMBERED_LENGTH) remember(name, value, text);
    return text;
  }

  /** The rare case: what comes more than once stands in a list, at the place of the first. */
  #withLists(raw: readonly string[]): string {
    const fields = new Map<KnownName, string[]>();
    for (let index = 0; index < raw.length; index += 2) {
      const name = this.#known(raw[index]!);
      const { value } = this.#text(name, raw[index + 1]!);
      const values = fields.get(name);
      if (values === undefined) fields.set(name, [value]);
      else values.push(value);
    }
    const members = [...fields].map(
      ([{ start }, values]) => start + (values.length === 1 ? values[0]! : `[${values.join(',')}]`),
    );
    return `{${members.join('').slice(1)}}`;
  }
}

function remember(name: KnownName, value: string, text: FieldText): void {
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
  // Joined, not added: a text that is read many times is better one piece in memory.
  values.set(value, { member: [name.start, text.value].join(''), value: text.value });
}

import { MAX_XML_DEPTH, XML_NAME, type XmlNode, type XmlNodeMaker } from './node.ts';

/** What stops at the first character that is not well-formed. */
class Malformed extends Error {}

interface Open<N> {
  readonly name: string;
  readonly attributes: Record<string, string> | null;
  readonly children: (N | string)[];
  /** The run of text that is being read, CDATA and references included. */
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Elements and text of a document (spec api 3); comments, processing instructions and the declaration are dropped. Null for whatever is not
 * well-formed, has a DTD, or is nested too deep. Linear in the length of the text.
 */
export function parseXml<N extends XmlNode>(text: string, make: XmlNodeMaker<N>): N | null {
  try {
    return new Parser(text, make).document();
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

class Parser<N extends XmlNode> {
  readonly #text: string;
  readonly #make: XmlNodeMaker<N>;
  #at = 0;

  constructor(text: string, make: XmlNodeMaker<N>) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.#make = make;
  }

  document(): N {
    const stack: Open<N>[] = [];
    let root: N | null = null;
    while (this.#at < this.#text.length) {
      const open = stack.at(-1);
      if (this.#text[this.#at] !== '<') {
        const run = this.#until('<', true);
        if (open !== undefined) {
          if (run.includes(']]>')) throw new Malformed();
          open.text += unescape(run);
        } else if (/\S/.test(run)) throw new Malformed();
      } else if (this.#skips('<!--')) {
        if (this.#until('-->').includes('--')) throw new Malformed();
        this.#at += 3;
      } else if (this.#skips('<?')) {
        this.#until('?>');
        this.#at += 2;
      } else if (this.#skips('<![CDATA[')) {
        if (open === undefined) throw new Malformed();
        open.text += checked(this.#until(']]>'));
        this.#at += 3;
      } else if (this.#skips('</')) {
        const name = this.#name();
        this.#blanks();
        if (open === undefined || open.name !== name || !this.#skips('>')) throw new Malformed();
        stack.pop();
        root = this.#close(open, stack.at(-1)) ?? root;
      } else {
        // A second root, a DTD or any other declaration ends here too.
        this.#at++;
        if (root !== null) throw new Malformed();
        const begun = this.#open();
        if (open !== undefined) flush(open);
        if (stack.length >= MAX_XML_DEPTH) throw new Malformed();
        if (this.#skips('/>')) root = this.#close(begun, open) ?? root;
        else if (this.#skips('>')) stack.push(begun);
        else throw new Malformed();
      }
    }
    if (root === null || stack.length > 0) throw new Malformed();
    return this.#make('', {}, [root]);
  }

  /** The rest of a start tag, up to its `>` or `/>`. */
  #open(): Open<N> {
    const name = this.#name();
    let attributes: Record<string, string> | null = null;
    for (;;) {
      const blanks = this.#blanks();
      const next = this.#text[this.#at];
      if (next === '>' || next === '/' || next === undefined) break;
      if (blanks === 0) throw new Malformed();
      const attribute = this.#name();
      this.#blanks();
      if (!this.#skips('=')) throw new Malformed();
      this.#blanks();
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") throw new Malformed();
      this.#at++;
      const value = this.#until(quote);
      this.#at++;
      attributes ??= Object.create(null) as Record<string, string>;
      if (value.includes('<') || Object.hasOwn(attributes, attribute)) throw new Malformed();
      attributes[attribute] = unescape(value).replace(/[\t\n\r]/g, ' ');
    }
    return { name, attributes, children: [], text: '' };
  }

  /** Adds an element to its parent; gives the root where there is none. */
  #close(element: Open<N>, parent: Open<N> | undefined): N | null {
    flush(element);
    const { name, attributes, children } = element;
    const node = this.#make(name, attributes === null ? null : { ...attributes }, children);
    if (parent === undefined) return node;
    parent.children.push(node);
    return null;
  }

  #name(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !/[\s/>=<"'&]/.test(this.#text[this.#at]!)) this.#at++;
    const name = this.#text.slice(from, this.#at);
    if (!XML_NAME.test(name)) throw new Malformed();
    return name;
  }

  #blanks(): number {
    const from = this.#at;
    while (this.#at < this.#text.length && /[ \t\r\n]/.test(this.#text[this.#at]!)) this.#at++;
    return this.#at - from;
  }

  #skips(what: string): boolean {
    if (!this.#text.startsWith(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  /** What lies before the next `what`; leaves the place there. */
  #until(what: string, isEndEnough: boolean = false): string {
    const end = this.#text.indexOf(what, this.#at);
    if (end < 0 && !isEndEnough) throw new Malformed();
    const found = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end;
    return found;
  }
}

/** The run of text before a tag becomes a child, unless all of it is white space. */
function flush<N>(element: Open<N>): void {
  if (/\S/.test(element.text)) element.children.push(element.text);
  element.text = '';
}

function unescape(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n');
  if (!plain.includes('&')) return checked(plain);
  return checked(
    plain.replace(/&([^;&]{0,32})(;?)/g, (_, name: string, end: string) => {
      if (end === '') throw new Malformed();
      if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name]!;
      const digits = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
      const code =
        digits === null ? -1 : digits[1] === undefined ? Number(digits[2]) : parseInt(digits[1], 16);
      if (code < 1 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new Malformed();
      return String.fromCodePoint(code);
    }),
  );
}

/** Characters that no XML 1.0 document has (section 2.2). */
function checked(text: string): string {
  // oxlint-disable-next-line no-control-regex -- exactly these must not be there
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(text)) throw new Malformed();
  return text;
}

/** Text that is markup already. Only `markup` makes it, so what was measured or named elsewhere cannot become a tag. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = Markup | string | number | null | readonly Content[];

/** A template of HTML or SVG: strings put into it are escaped, lists are joined, null is nothing. Attributes must be quoted. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts.map((part, index) => (index === 0 ? '' : escaped(contents[index - 1]!)) + part).join(''),
  );
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'number') return String(content);
  if (typeof content !== 'string') return content.map(escaped).join('');
  // Control characters have no place in a page, escaped or not.
  return content.replace(/[\p{Cc}\p{Cs}&<>"']/gu, (character) => ENTITIES[character] ?? '\ufffd');
}

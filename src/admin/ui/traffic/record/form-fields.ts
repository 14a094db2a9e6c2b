/** A field of a form or a parameter of a query. */
export interface FormField {
  readonly name: string;
  readonly value: string;
}

/** `a=1&b=2` to its fields, in their order, percent-decoded as far as it can be (WHATWG URL, urlencoded parsing). */
export function parseFormFields(text: string): readonly FormField[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? { name: decode(pair), value: '' }
        : { name: decode(pair.slice(0, equals)), value: decode(pair.slice(equals + 1)) };
    });
}

/** Sequences that are no UTF-8 stay as they stand: they are what was sent. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (sequence) => {
    try {
      return decodeURIComponent(sequence);
    } catch {
      return sequence;
    }
  });
}

/** Printable ASCII but the quote and the backslash: stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Whether `text`, and so any part of it, stands in JSON as it is. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** A string as JSON (RFC 8259 section 7); lone surrogates are escaped. */
export function quote(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

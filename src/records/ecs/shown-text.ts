/** Header text comes as one character a byte; where those bytes are UTF-8 they are shown as such. */
export function shownText(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
  if (!/[^\x00-\x7f]/.test(latin1)) return latin1;
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return text.includes('�') ? latin1 : text;
}

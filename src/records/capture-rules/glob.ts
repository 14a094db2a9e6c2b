/** Whether `*` in the pattern, for any characters, can be filled so that it is the text. Takes linear time for each `*`. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  if (!text.startsWith(first!)) return false;
  const last = rest.pop()!;
  let at = first!.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

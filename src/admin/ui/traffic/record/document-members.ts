/** A member of a document by the names that lead to it; undefined where anything on the way is missing or of another type. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** The same where it is a text, else null. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = memberAt(value, ...path);
  return typeof found === 'string' ? found : null;
}

/** The same where it is a number that counts or measures something, else null. */
export function amountAt(value: unknown, ...path: readonly string[]): number | null {
  const found = memberAt(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : null;
}

/** The same where it is true, else false. */
export function isTrueAt(value: unknown, ...path: readonly string[]): boolean {
  return memberAt(value, ...path) === true;
}

/** A time in ISO 8601 as milliseconds since the epoch; null where it is none. */
export function timeAt(value: unknown, ...path: readonly string[]): number | null {
  const text = textAt(value, ...path);
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

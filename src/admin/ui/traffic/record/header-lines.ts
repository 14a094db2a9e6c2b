/** A header field. */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

/** What stands in records in the place of a secret (`src/records/redaction`). */
const REDACTED = 'REDACTED';
/** More than any server takes; a script can make more. */
const MAX_LINES = 2000;

/** The fields of a document's headers, in their order, one line for each value of a repeated field. */
export function readHeaders(headers: unknown): readonly HeaderLine[] {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return [];
  const lines: HeaderLine[] = [];
  for (const [name, value] of Object.entries(headers as Record<string, unknown>))
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (lines.length === MAX_LINES) return lines;
      lines.push({ name, value: typeof one === 'string' ? one : (JSON.stringify(one) ?? '') });
    }
  return lines;
}

/** The first value of a field; null where there is none. @param name in lower case */
export function headerValue(headers: readonly HeaderLine[], name: string): string | null {
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? null;
}

/** Whether a secret was covered in a value. */
export function isRedacted(value: string): boolean {
  return value.includes(REDACTED);
}

/** How many secrets were covered in a text. */
export function countRedacted(text: string): number {
  return text.split(REDACTED).length - 1;
}

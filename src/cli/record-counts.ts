/** `record 5`, `records 5 to 1,004 (1,000)`. */
export function range(from: number, to: number): string {
  return from === to
    ? `record ${count(from)}`
    : `records ${count(from)} to ${count(to)} (${count(to - from + 1)})`;
}

/** `1 record`, `1,234 records`. */
export function countRecords(value: number): string {
  return `${count(value)} ${value === 1 ? 'record' : 'records'}`;
}

/** With separators, for people. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

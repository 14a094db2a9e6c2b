import * as path from 'node:path';

/** What follows the file's own name: UTC, to the millisecond; a number where two fall into one. */
const STAMP = /^-(\d{8}T\d{6}\.\d{3}Z(?:-\d+)?)$/;

/** `records.ndjson` is put aside as `records-20261125T160501.123Z.ndjson`: names sort by time. */
export function rotatedName(file: string, nowMs: number, number: number): string {
  const { name, ext } = path.parse(file);
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '');
  return `${name}-${stamp}${number === 0 ? '' : `-${number}`}${ext}`;
}

/** Its time stamp where `candidate` was put aside from `file`, compressed or not yet; else null. */
export function rotatedStamp(file: string, candidate: string): string | null {
  const { name, ext } = path.parse(file);
  const plain = candidate.endsWith('.gz') ? candidate.slice(0, -3) : candidate;
  if (!plain.startsWith(name) || !plain.endsWith(ext)) return null;
  return STAMP.exec(plain.slice(name.length, plain.length - ext.length))?.[1] ?? null;
}

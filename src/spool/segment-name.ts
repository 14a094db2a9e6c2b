import { readdirSync } from 'node:fs';

/** The segments of one run and data thread, in the order of their numbers. */
export interface SegmentName {
  readonly run: string;
  readonly thread: number;
  readonly segment: number;
}

export function formatSegmentName({ run, thread, segment }: SegmentName): string {
  return `${run}.${thread}.${String(segment).padStart(8, '0')}.seg`;
}

/** Null where a file is no segment. */
export function parseSegmentName(file: string): SegmentName | null {
  const parts = /^([0-9a-z-]+)\.(\d+)\.(\d{8})\.seg$/.exec(file);
  return parts === null ? null : { run: parts[1]!, thread: Number(parts[2]), segment: Number(parts[3]) };
}

/** The segments of a spool folder, in order. Throws where it cannot be read. */
export function segmentsIn(folder: string): SegmentName[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parseSegmentName(file) ?? []);
}

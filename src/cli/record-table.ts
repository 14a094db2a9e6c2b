import { localTime } from '../core/local-time.ts';
import { printable } from '../telemetry/log.ts';

/** What the table shows of a record's document. */
interface ShownRecord {
  '@timestamp': string;
  event: { duration?: number };
  http?: {
    request?: { method?: string; bytes?: number };
    response?: { status_code?: number; bytes?: number };
  };
  url?: { domain?: string; original?: string };
  client?: { address?: string };
  error?: { type?: string; message?: string };
  tapline: {
    kind: string;
    gap?: { from: number; to: number; count: number; reason: string };
    rule?: string;
    summary?: { count: number; source_bytes: number; destination_bytes: number };
  };
}

const COLUMNS = [23, 7, 4, 9, 9, 9, 15] as const;
const NAMES = ['TIME', 'METHOD', 'STAT', 'DURATION', 'REQUEST', 'RESPONSE', 'CLIENT'] as const;

export function tableHead({ hasColour }: { hasColour: boolean }): string {
  const text = `${NAMES.map((name, index) => name.padEnd(COLUMNS[index]!)).join(' ')} URL`;
  return hasColour ? `\u001b[1m${text}\u001b[0m\n` : `${text}\n`;
}

/** One line of the table. @param document what a script may have made of anything: then it is shown as it is */
export function documentLine(document: string, options: { hasColour: boolean; width: number }): string {
  try {
    return recordLine(JSON.parse(document) as ShownRecord, options);
  } catch {
    return `${cutTo(options.width, printable(document))}\n`;
  }
}

function recordLine(
  record: ShownRecord,
  { hasColour, width }: { hasColour: boolean; width: number },
): string {
  const date = new Date(record['@timestamp']);
  const { gap, kind, summary } = record.tapline;
  const status = record.http?.response?.status_code;
  const cells = [
    `${localTime(date.getTime())}.${String(date.getMilliseconds()).padStart(3, '0')}`,
    record.http?.request?.method ?? kind,
    status === undefined ? '-' : String(status),
    record.event.duration === undefined ? '-' : shownDuration(record.event.duration),
    shownBytes(record.http?.request?.bytes ?? summary?.source_bytes),
    shownBytes(record.http?.response?.bytes ?? summary?.destination_bytes),
    record.client?.address ?? '-',
  ].map((cell, index) =>
    index >= 3 && index <= 5 ? cell.padStart(COLUMNS[index]!) : cell.padEnd(COLUMNS[index]!),
  );
  const what = whatText(record);
  const error = record.error?.type === undefined || gap !== undefined ? '' : ` ! ${record.error.type}`;
  const text = printable(`${cells.join(' ')} ${what}${error}`);
  const cut = cutTo(width, text);
  const colour = hasColour && summary === undefined ? colourOf(status, record.error !== undefined) : '';
  return colour === '' ? `${cut}\n` : `${colour}${cut}\u001b[0m\n`;
}

function cutTo(width: number, text: string): string {
  return width > 0 && text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function whatText({ tapline: { gap, summary, rule }, url }: ShownRecord): string {
  if (gap !== undefined) return `${gap.count} records lost (${gap.from} to ${gap.to}): ${gap.reason}`;
  if (summary !== undefined) return `${summary.count} exchanges without a record by rule: ${rule}`;
  return `${url?.domain ?? ''}${url?.original ?? ''}`;
}

function colourOf(status: number | undefined, hasError: boolean): string {
  if (hasError || status === undefined || status >= 500) return '\u001b[31m';
  if (status >= 400) return '\u001b[33m';
  return status >= 300 || status < 200 ? '\u001b[36m' : '';
}

function shownDuration(ns: number): string {
  if (ns < 1e6) return `${(ns / 1e3).toFixed(0)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`;
}

function shownBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2
    ? `${(bytes / 1024).toFixed(1)} K`
    : bytes < 1024 ** 3
      ? `${(bytes / 1024 ** 2).toFixed(1)} M`
      : `${(bytes / 1024 ** 3).toFixed(2)} G`;
}

export type LogLineLevel = 'debug' | 'info' | 'warning' | 'error';

/** A line of the gateway's log. */
export interface LogLine {
  /** Rises by one each, so that a list can tell them apart. */
  readonly number: number;
  /** `2026-01-31 14:05:09`, as the gateway's clock has it; empty where the line has none. */
  readonly time: string;
  /** Null for what scripts print. */
  readonly level: LogLineLevel | null;
  readonly text: string;
  /** Not a line of the log but one that says that some are missing. */
  readonly isGap: boolean;
}

/** The end of the log as this page has it. */
export interface LogTail {
  /** How many lines the gateway has said so far; sent with the next question. */
  readonly size: number;
  readonly lines: readonly LogLine[];
}

/** Older lines are let go. */
export const MAX_LOG_LINES = 5000;

export const EMPTY_TAIL: LogTail = { size: 0, lines: [] };

const LINE = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) \[(debug|info|warn|warning|error)\] ?/;

/** Reads `YYYY-MM-DD HH:MM:SS [level] message`; anything else is a line without time and level. */
export function logLineOf(text: string, number: number): LogLine {
  const match = LINE.exec(text);
  if (match === null) return { number, time: '', level: null, text, isGap: false };
  const level = match[2] === 'warn' ? 'warning' : (match[2] as LogLineLevel);
  return { number, time: match[1]!, level, text: text.slice(match[0].length), isGap: false };
}

/**
 * Adds an answer of `/api/log` to what is there.
 * @param body lines, each ended by a line feed
 * @param size lines that the gateway has said altogether; fewer than before: it is another process
 */
export function withAnswer(tail: LogTail, body: string, size: number): LogTail {
  if (size < tail.size) return withAnswer(startedAnew(tail), body, size);
  const fresh = body.split('\n');
  if (fresh.at(-1) === '') fresh.pop();
  if (fresh.length === 0) return size === tail.size ? tail : { ...tail, size };
  let number = (tail.lines.at(-1)?.number ?? 0) + 1;
  const added: LogLine[] = [];
  const missed = size - tail.size - fresh.length;
  if (tail.size > 0 && missed > 0)
    added.push({ number: number++, time: '', level: null, text: missedText(missed), isGap: true });
  for (const text of fresh) added.push(logLineOf(text, number++));
  return { size, lines: [...tail.lines, ...added].slice(-MAX_LOG_LINES) };
}

/** For a gateway that has been started anew: its count begins again, what was read stays. */
export function startedAnew(tail: LogTail): LogTail {
  if (tail.lines.length === 0) return EMPTY_TAIL;
  const number = tail.lines.at(-1)!.number + 1;
  const gap: LogLine = { number, time: '', level: null, text: 'The gateway was started anew.', isGap: true };
  return { size: 0, lines: [...tail.lines, gap].slice(-MAX_LOG_LINES) };
}

export interface LogFilter {
  /** Levels that are not shown; `printed` are lines without one. */
  readonly hidden: ReadonlySet<LogLineLevel | 'printed'>;
  /** Shown are lines that contain it, in any case; empty for all. */
  readonly text: string;
}

/** The lines that a filter lets through, in order. Gaps always are. */
export function filteredLines(lines: readonly LogLine[], { hidden, text }: LogFilter): readonly LogLine[] {
  if (hidden.size === 0 && text === '') return lines;
  const wanted = text.toLowerCase();
  return lines.filter(
    (line) =>
      line.isGap ||
      (!hidden.has(line.level ?? 'printed') && (wanted === '' || line.text.toLowerCase().includes(wanted))),
  );
}

function missedText(count: number): string {
  return count === 1 ? '1 line was missed.' : `${count} lines were missed.`;
}

/** How long to wait before asking again: soon while lines keep coming, seldom while nobody looks. */
export function pollDelayMs({ hadLines, isHidden }: { hadLines: boolean; isHidden: boolean }): number {
  if (isHidden) return 10_000;
  return hadLines ? 150 : 1000;
}

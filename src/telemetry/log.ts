import { localTime } from '../core/local-time.ts';
import type { Log, LogLevel } from '../core/ports.ts';
import { LogHistory } from './log-history.ts';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const COLOURS: Record<LogLevel, string> = {
  debug: '\u001b[2m',
  info: '',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};

/** The log of the product: `YYYY-MM-DD HH:MM:SS [level] message`, local time, one line an entry (spec cli 3). */
export class LineLog implements Log {
  /** What was written, for the page. */
  readonly history = new LogHistory();
  readonly #lowest: number;
  readonly #out: { write(text: string): unknown };
  readonly #hasColour: boolean;

  constructor(lowest: LogLevel, out: { write(text: string): unknown }, hasColour: boolean) {
    this.#lowest = ORDER.indexOf(lowest);
    this.#out = out;
    this.#hasColour = hasColour;
  }

  write(level: LogLevel | 'output', message: string): void {
    if (level === 'output') {
      for (const line of message.split('\n')) this.#write(printable(line), '');
      return;
    }
    if (ORDER.indexOf(level) < this.#lowest) return;
    const line = `${localTime(Date.now())} [${level === 'warn' ? 'warning' : level}] ${printable(message)}`;
    this.#write(line, this.#hasColour ? COLOURS[level] : '');
  }

  /** Keeps for the page what a reader of standard output has been told already. */
  keep(message: string): void {
    this.history.add(`${localTime(Date.now())} [info] ${printable(message)}`);
  }

  #write(line: string, colour: string): void {
    this.history.add(line);
    this.#out.write(colour === '' ? `${line}\n` : `${colour}${line}\u001b[0m\n`);
  }
}

/** Whether to write colours to a stream (NO_COLOR, and only on a terminal). */
export function wantsColour(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Text from elsewhere cannot write escape sequences or lines of its own into a terminal or a log, nor turn around what stands beside it (bidi marks). */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\t' ? character : `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`,
  );
}

import type { DiagLogger } from '@opentelemetry/api';
import type { Log, LogLevel } from '../core/ports.ts';

const MAX_LENGTH = 300;

/** The same words are not written again within this time. */
const QUIET_MS = 60_000;

/** What the SDK of OpenTelemetry has to say, as lines of our log: warnings and errors only, one line each, and not the same again and again. */
export class DiagLog implements DiagLogger {
  readonly #log: Log;
  readonly #nowMs: () => number;
  #last = '';
  #lastMs = -Infinity;

  constructor(log: Log, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  error(...told: unknown[]): void {
    this.#write('error', told);
  }

  warn(...told: unknown[]): void {
    this.#write('warn', told);
  }

  info(): void {}

  debug(): void {}

  verbose(): void {}

  #write(level: LogLevel, told: readonly unknown[]): void {
    const text = told.map(words).filter(Boolean).join(' ').slice(0, MAX_LENGTH);
    const now = this.#nowMs();
    if (text === this.#last && now - this.#lastMs < QUIET_MS) return;
    this.#last = text;
    this.#lastMs = now;
    this.#log.write(level, `[otlp] ${text}`);
  }
}

/** Errors come as JSON with stack and answer; what they say and their code is enough. */
function words(told: unknown): string {
  if (told instanceof Error) return told.message;
  if (typeof told !== 'string') return '';
  if (!told.startsWith('{')) return told;
  try {
    const { message, code } = JSON.parse(told) as { message?: string; code?: string };
    if (message === undefined) return told;
    return code === undefined ? message : `${message} (${code})`;
  } catch {
    return told;
  }
}

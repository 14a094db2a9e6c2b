import type { EndError } from './event.ts';
import type { Flow } from './flow.ts';

/** Time as the engine sees it: handed in, so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  wallMs(): number;
  /** Monotonic clock, milliseconds with fractions. */
  monotonicMs(): number;
  /** Calls `fn` once after `delayMs`, unless cancelled. Never keeps the process alive by itself. */
  after(delayMs: number, fn: () => void): Timer;
}

export interface Timer {
  cancel(): void;
  /** Start the delay anew. */
  refresh(): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What the product says about itself; one line a call. */
export interface Log {
  /** `output` is what scripts print: without a level, never filtered. */
  write(level: LogLevel | 'output', message: string): void;
}

export interface DialOptions {
  readonly connectTimeoutMs: number;
  /** No byte either way for this long ends the connection with `Timeout`; 0 never. */
  readonly idleTimeoutMs: number;
  readonly retryCount: number;
  readonly retryDelayMs: number;
  /** Bytes waiting to be sent beyond which the connection ends with `BufferOverflow`; 0 for none. */
  readonly bufferLimitBytes: number;
  readonly tls: DialTlsOptions | null;
  /** A failure is not logged: whoever dials says it better. */
  readonly isQuiet?: boolean;
  /** Sent before anything else; not counted by the buffer limit. */
  readonly preface?: Buffer;
}

export interface DialTlsOptions {
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly trusted?: string | Buffer | readonly (string | Buffer)[];
  readonly sni?: string;
  readonly verify: boolean;
}

/** What a dialed connection tells its owner. `onEnd` comes once, last. */
export interface DialListener {
  onConnect?(): void;
  onBytes(bytes: Buffer): void;
  onEnd(error: EndError, message: string): void;
}

/** A connection being made or made; bytes written before it is made are queued. */
export interface Dialed {
  /** Written at the end of the event loop's turn at the latest. */
  write(bytes: Buffer): void;
  flush(): void;
  /** No more bytes from us: FIN, and go on reading. */
  end(): void;
  /** Close at once; `onEnd` is not called any more. */
  destroy(): void;
  /** Held while too much waits to be sent. */
  readonly sending: Flow;
  /** Hold it to stop reading. */
  readonly reading: Flow;
}

/** Opens outbound connections; the only way for a filter to reach the network. */
export interface Dialer {
  dial(target: string, options: DialOptions, listener: DialListener): Dialed;
}

/** What a child process tells its owner. `onEnd` comes once, last, after all of its output. */
export interface ChildListener {
  onBytes(bytes: Buffer): void;
  /** `''` for exit status 0; `UnknownError` for another status, a signal, or a program that could not be started. */
  onEnd(error: EndError, message: string): void;
}

/** A running child process; bytes written go to its standard input. */
export interface Child {
  write(bytes: Buffer): void;
  /** No more input: closes its standard input. */
  end(): void;
  /** SIGTERM; `onEnd` is not called any more. */
  kill(): void;
  /** Held while too much waits to be written. */
  readonly sending: Flow;
  /** Hold it to stop reading its output. */
  readonly reading: Flow;
}

/** Starts child processes in the program root; the only way for a filter to do so. */
export interface Processes {
  /** @param command the program, found by PATH, and its arguments; never a shell's text */
  spawn(command: readonly string[], listener: ChildListener): Child;
}

/** Where `dump` and `print` write: lines without level, never filtered (spec cli 3). */
export interface Output {
  /** One line, or several separated by line breaks, without the last one. */
  write(text: string): void;
}

/** What filters may reach of the world; all handed in. */
export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly dialer: Dialer;
  readonly processes: Processes;
  readonly output: Output;
  /** Unpredictable bytes, for ids. */
  readonly randomBytes: (size: number) => Buffer;
}

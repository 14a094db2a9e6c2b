import { Context, type Inbound } from '../../src/core/context.ts';
import { type Event } from '../../src/core/event.ts';
import type { FilterDeclaration } from '../../src/core/filter.ts';
import { Session } from '../../src/core/pipeline.ts';
import type { Clock, Ports, Timer } from '../../src/core/ports.ts';
import { Stream } from '../../src/core/stream.ts';
import { catalogue } from '../../src/filters/index.ts';
import type { ProgramFiles } from '../../src/script/program-files.ts';
import { loadProgram, type Program } from '../../src/script/program.ts';

/** Time that passes only when a test says so. */
export class TestClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; fn: () => void }[] = [];

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fn: () => void): Timer {
    let timer = { atMs: this.#nowMs + delayMs, fn };
    this.#timers.push(timer);
    const cancel = (): void => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return {
      cancel,
      refresh: () => {
        cancel();
        timer = { atMs: this.#nowMs + delayMs, fn };
        this.#timers.push(timer);
      },
    };
  }

  /** Lets time pass and runs what is due, in order. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers
        .filter(({ atMs }) => atMs <= untilMs)
        .toSorted((left, right) => left.atMs - right.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.fn();
    }
    this.#nowMs = untilMs;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }
}

/** A program's files that exist only in a test. Paths with a leading slash. */
export function memoryFiles(files: Record<string, string | Buffer>): ProgramFiles {
  const inside = (file: string): string | null => {
    const { pathname } = new URL(file.replace(/^\/*/, ''), 'file:///');
    return Object.hasOwn(files, pathname) && !file.includes('..') ? pathname : null;
  };
  const readInside = (file: string): Buffer | null => {
    const found = inside(file);
    return found === null ? null : Buffer.from(files[found]!);
  };
  return { inside, readInside, read: readInside, stat: () => null };
}

export interface TestPorts extends Ports {
  readonly clock: TestClock;
}

export interface LoadedProgram {
  readonly program: Program;
  readonly clock: TestClock;
  /** Log lines, `level message`. */
  readonly lines: string[];
  /** What dump and print wrote. */
  readonly output: string[];
}

/** Bytes that are the same in every run, and never the same twice in one. */
export function countingBytes(): (size: number) => Buffer {
  let next = 0;
  return (size) => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32BE(++next, at);
    return bytes;
  };
}

/** Ports without a world: time stands still, dialing and spawning fail the test unless given. */
export function testPorts(more: Partial<Ports> = {}): {
  ports: TestPorts;
  lines: string[];
  output: string[];
} {
  const lines: string[] = [];
  const output: string[] = [];
  const never = (): never => {
    throw new Error('not in this test');
  };
  return {
    lines,
    output,
    ports: {
      log: { write: (level, message) => void lines.push(`${level} ${message}`) },
      dialer: { dial: never },
      processes: { spawn: never },
      output: { write: (text) => void output.push(...text.split('\n')) },
      randomBytes: countingBytes(),
      ...more,
      clock: new TestClock(),
    },
  };
}

/** Loads a program of one file, or of several. The root script is `/main.js`. */
export function loadTestProgram(
  source: string | Record<string, string>,
  more: Partial<Ports> & { isCompat?: boolean; filters?: readonly FilterDeclaration[] } = {},
): LoadedProgram {
  const { isCompat = false, filters = [], ...world } = more;
  const { ports, lines, output } = testPorts(world);
  const program = loadProgram({
    entry: '/main.js',
    files: memoryFiles(typeof source === 'string' ? { '/main.js': source } : source),
    catalogue: [...catalogue.filter(({ name }) => filters.every((own) => own.name !== name)), ...filters],
    ports,
    globals: {},
    isCompat,
  });
  return { program, clock: ports.clock, lines, output };
}

export const TEST_INBOUND: Inbound = {
  id: 7,
  remoteAddress: '10.0.0.1',
  remotePort: 1234,
  localAddress: '10.0.0.2',
  localPort: 80,
};

/** A session of a program's first `listen` pipeline, with everything that comes out of it. */
export interface RunningSession {
  readonly session: Session;
  readonly out: Event[];
  /** What came out, as words: `<start>`, the text of Data, `<end>`, `<session end error>`. */
  text(): string;
}

export function openSession(
  { program }: Pick<LoadedProgram, 'program'>,
  options: { inbound?: Inbound | null; stream?: Stream; context?: Context } = {},
): RunningSession {
  const out: Event[] = [];
  const context = options.context ?? program.createContext(options.inbound ?? TEST_INBOUND);
  const session = new Session(
    program.listens[0]!.layout,
    context,
    options.stream ?? new Stream(),
    (event) => void out.push(event),
  );
  return { session, out, text: () => out.map(eventText).join('') };
}

/** One event as a word, for tests that compare streams. */
export function eventText(event: Event): string {
  switch (event.kind) {
    case 'message-start':
      return '<start>';
    case 'data':
      return event.toString();
    case 'message-end':
      return '<end>';
    case 'session-end':
      return `<session end ${event.error}>`;
  }
}

/** What an expression of a script gives, as JSON; an error as `error: message`. */
export function valueOf(
  code: string,
  more: { files?: ProgramFiles; isCompat?: boolean; ports?: Partial<Ports> } = {},
): string {
  let value: unknown;
  const { ports } = testPorts(more.ports ?? {});
  const files = more.files ?? memoryFiles({});
  try {
    loadProgram({
      entry: '/main.js',
      files: {
        read: (file) => files.read(file),
        stat: (file) => files.stat(file),
        inside: (file) => files.inside(file),
        readInside: (file) =>
          file === '/main.js' ? Buffer.from(`(give(${code}), pipy())`) : files.readInside(file),
      },
      env: { HOME: '/root' },
      catalogue,
      ports,
      globals: { give: (given: unknown) => (value = given) },
      isCompat: more.isCompat ?? false,
    });
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
  return String(JSON.stringify(value));
}

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a program may take to say that it is ready. */
const READY_MS = 60_000;
/** How long one may take to end after SIGTERM before it is killed. */
const END_MS = 60_000;
const KEPT_OUTPUT_CHARACTERS = 16_384;

/** A program that runs beside us until it is stopped. */
export interface Child {
  readonly pid: number;
  /** The end of what it said on stdout and stderr. */
  output(): string;
  /** What the `ready` pattern found; null where none was asked for. */
  readonly ready: RegExpExecArray | null;
  /** Ends it, in order where it can; its exit code. Safe twice. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Every process that a run has started. All end with `stop()`, and, where we are interrupted or fail, at our own end: whatever happens, none is left
 * behind.
 */
export class Children {
  readonly #running = new Set<ChildProcess>();

  constructor() {
    process.once('exit', () => {
      // SIGTERM and not SIGKILL: the master of nginx would leave its worker behind.
      for (const child of this.#running) child.kill('SIGTERM');
    });
  }

  /** Starts a program and waits until it says something that `ready` matches. Rejects where it ends before, or takes longer than a minute. */
  async start(
    command: readonly string[],
    { ready = null, env = {} }: { ready?: RegExp | null; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Child> {
    const [program, ...args] = command;
    const child = spawn(program!, args, {
      // An own program ends when its stdin does, so it ends even where we were killed.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env, NO_COLOR: '1' },
    });
    child.stdin.on('error', () => {});
    this.#running.add(child);
    const ended = new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', (code) => resolve(code));
    });
    void ended.then(() => this.#running.delete(child));
    let output = '';
    const found = await new Promise<RegExpExecArray | null>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${program} was not ready in time: ${output}`)),
        READY_MS,
      );
      const look = (): void => {
        const match = ready?.exec(output) ?? null;
        if (ready !== null && match === null) return;
        clearTimeout(timer);
        resolve(match);
      };
      const read = (chunk: Buffer): void => {
        output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
        look();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(new Error(`${program} cannot be started: ${error.message}`));
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`${program} ended with ${code}: ${output}`));
      });
      look();
    });
    return {
      pid: child.pid!,
      ready: found,
      output: () => output,
      stop: async (signal = 'SIGTERM') => {
        if (!this.#running.has(child)) return child.exitCode;
        child.kill(signal);
        const late = new AbortController();
        void delay(END_MS, undefined, { signal: late.signal }).then(
          () => child.kill('SIGKILL'),
          () => {},
        );
        const code = await ended;
        late.abort();
        return code;
      },
    };
  }

  /** Runs a program to its end. Rejects where it cannot be started or takes longer than `timeoutMs`. */
  async run(
    command: readonly string[],
    {
      input = '',
      timeoutMs,
      env = {},
    }: { input?: string | Buffer; timeoutMs: number; env?: NodeJS.ProcessEnv },
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const [program, ...args] = command;
    const child = spawn(program!, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env, NO_COLOR: '1' },
    });
    this.#running.add(child);
    let stderr = '';
    const stdout: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on(
      'data',
      (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-KEPT_OUTPUT_CHARACTERS)),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`)));
        child.once('close', resolve);
      });
      if (isLate) throw new Error(`${program} took longer than ${timeoutMs} ms`);
      return { code, stdout: Buffer.concat(stdout).toString(), stderr };
    } finally {
      clearTimeout(timer);
      this.#running.delete(child);
    }
  }

  /** Ends all that is left. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#running].map(async (child) => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
        if (child.exitCode === null && child.signalCode === null) await ended;
        clearTimeout(timer);
      }),
    );
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How long a server may take to be ready: the launchers fetch and build at their first use. */
const READY_MS = 300_000;

/** A real server as a process that can be frozen, killed and started again with the same data. */
export class Server {
  readonly #command: readonly string[];
  #child: ChildProcess | null = null;
  #pid = 0;
  /** What it said when it was ready. */
  ready = '';

  /** @param command starts it in the foreground and makes it print one line that begins with `ready` */
  constructor(command: readonly string[]) {
    this.#command = command;
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#command;
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
    this.ready = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${program} was not ready in time: ${complaint}`)),
        READY_MS,
      );
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!line.startsWith('ready')) return;
        clearTimeout(timer);
        resolve(line);
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`${program} ended with ${code}: ${complaint}`));
      });
    });
    this.#pid = Number(/pid=(\d+)/.exec(this.ready)?.[1] ?? child.pid);
  }

  /** Stops it as a crash would. */
  async crash(): Promise<void> {
    this.signal('SIGKILL');
    await this.#gone();
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.#pid, name);
  }

  /** Safe twice, and where it never started. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    if (child.exitCode === null && child.signalCode === null) {
      this.signal('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await this.#gone();
      clearTimeout(timer);
    }
    this.#child = null;
  }

  async #gone(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

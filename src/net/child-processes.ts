import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Flow } from '../core/flow.ts';
import type { Child, ChildListener, Processes } from '../core/ports.ts';

/** Starts child processes for the `exec` filter (spec filters, exec). Node gives a child no socket or file of ours. */
export class ChildProcesses implements Processes {
  readonly #folder: string;
  readonly #highWaterBytes: number;

  /**
   * @param folder working directory of the children: the program root
   * @param highWaterBytes bytes waiting for a child above which whoever writes them is not read any more
   */
  constructor(folder: string, highWaterBytes: number) {
    this.#folder = folder;
    this.#highWaterBytes = highWaterBytes;
  }

  spawn(command: readonly string[], listener: ChildListener): Child {
    return new RunningChild(command, this.#folder, this.#highWaterBytes, listener);
  }
}

/** States: `running` → `ended`. */
class RunningChild implements Child {
  readonly sending = new Flow();
  readonly reading = new Flow();
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #highWaterBytes: number;
  #isHolding = false;
  #state: 'running' | 'ended' = 'running';

  constructor(command: readonly string[], folder: string, highWaterBytes: number, listener: ChildListener) {
    this.#highWaterBytes = highWaterBytes;
    const [program = '', ...args] = command;
    const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    const end = (isGood: boolean, message: string): void => {
      if (this.#state === 'ended') return;
      this.#state = 'ended';
      this.#letGo();
      listener.onEnd(isGood ? '' : 'UnknownError', message);
    };
    child.on('error', (error) => end(false, `cannot run ${program}: ${error.message}`));
    // `close` comes after the exit and after all output.
    child.on('close', (status, signal) =>
      end(
        status === 0,
        status === 0
          ? ''
          : signal === null
            ? `${program} ended with status ${status}`
            : `${program} was ended by ${signal}`,
      ),
    );
    child.stdout.on('data', (bytes: Buffer) => {
      if (this.#state === 'running') listener.onBytes(bytes);
    });
    // A child that does not want its input is no error of ours; how it ended is told by `close`.
    child.stdin.on('error', () => this.#letGo());
    child.stdin.on('drain', () => this.#letGo());
    this.reading.listen({ onHold: () => child.stdout.pause(), onRelease: () => child.stdout.resume() });
  }

  write(bytes: Buffer): void {
    const { stdin } = this.#process;
    if (this.#state === 'ended' || !stdin.writable) return;
    stdin.write(bytes);
    if (!this.#isHolding && stdin.writableLength > this.#highWaterBytes) {
      this.#isHolding = true;
      this.sending.hold();
    }
  }

  end(): void {
    this.#process.stdin.end();
  }

  kill(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#letGo();
    this.#process.stdout.resume();
    this.#process.stdin.destroy();
    this.#process.kill('SIGTERM');
  }

  #letGo(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    this.sending.release();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';

const COMMAND = path.join(import.meta.dirname, '../../bin/tapline');
const START_MS = 60_000;

/** The gateway as an operator runs it, in a process of its own. */
export class GatewayProcess {
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  output = '';
  url = '';
  admin = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#args = args;
    this.#env = env;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  async start(): Promise<void> {
    const child = spawn(COMMAND, ['--listen=127.0.0.1:0', '--gui-port=127.0.0.1:0', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env, NO_COLOR: '1' },
    });
    this.#child = child;
    let output = '';
    this.url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the gateway did not start: ${output}`)), START_MS);
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        this.output += chunk.toString();
        const listening = /Listening on (http:\/\/\S+)/.exec(output);
        const admin = /Page: (http:\/\/\S+)/.exec(output);
        if (listening === null || admin === null) return;
        clearTimeout(timer);
        this.admin = admin[1]!;
        resolve(listening[1]!);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`the gateway ended with ${code}: ${output}`));
      });
    });
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  }

  /** Waits until every sink has taken all there is; false where that takes too long. */
  async drained(deadlineMs: number): Promise<boolean> {
    const endMs = performance.now() + deadlineMs;
    while (performance.now() < endMs) {
      const text = await this.metrics();
      const pending = [...text.matchAll(/^tapline_sink_pending_bytes\{[^}]*\} (\S+)$/gm)].map(([, value]) =>
        Number(value),
      );
      if (pending.length > 0 && pending.every((bytes) => bytes === 0)) return true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
  }

  async metrics(): Promise<string> {
    const answer = await fetch(`${this.admin}/metrics`);
    return answer.text();
  }
}

/** Runs a command of the CLI to its end. */
export async function tapline(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(COMMAND, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, NO_COLOR: '1' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

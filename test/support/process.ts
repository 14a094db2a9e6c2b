import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

/** The gateway as its users run it: a process of its own. */
export interface GatewayProcess {
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly output: () => string;
  /** Resident memory in KiB: now, and the highest so far. */
  memory(): Promise<{ rssKib: number; peakKib: number }>;
  /** Sends the signal and gives the exit code; null where the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export async function startProcess(
  t: ExecutionContext,
  args: readonly string[],
  dataDir?: string,
  /** Lowers the limit of open files. */
  openFiles?: number,
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const directory = dataDir ?? (await makeDataDir(t));
  const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `;
  const child = spawn(
    'sh',
    [
      '-c',
      `${limit}exec "$0" "$@"`,
      process.execPath,
      MAIN,
      '--listen=127.0.0.1:0',
      `--data-dir=${directory}`,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...env } },
  );
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  const exited = exit(child);
  const port = await new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /Listening on (?:https?:\/\/)?127\.0\.0\.1:(\d+)/.exec(output);
      if (found !== null) resolve(Number(found[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => reject(new Error(`the gateway ended with ${code}: ${output}`)));
  });
  return {
    port,
    pid: child.pid!,
    dataDir: directory,
    output: () => output,
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]);
      return { rssKib: kib('VmRSS'), peakKib: kib('VmHWM') };
    },
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** Runs a command of the CLI to its end. */
export async function runCli(
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
    cwd,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { code: await exit(child), stdout, stderr };
}

export async function makeDataDir(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'tapline-test-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function exit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';

/** How long a program may take to listen under a tool. */
const READY_MS = 60_000;

/** How long a tool may take to make its page of what it has seen. */
const ANALYSIS_MS = 300_000;

/** Of what a tool says: bubbleprof can say megabytes. */
const KEPT_CHARACTERS = 4000;

/** Its usage statistics and its question for updates go out to the network otherwise. */
const SILENT = { NO_INSIGHT: '1', NO_UPDATE_NOTIFIER: '1' };

/** A program under a tool of clinic. */
export interface Clinic {
  /** Where the program listens. */
  readonly url: string;
  readonly pid: number;
  /** Ends the program in order and gives the page that the tool makes of it. */
  finish(): Promise<string>;
  /** Ends whatever still runs. Safe twice, and after `finish`. */
  stop(): void;
}

export interface ClinicOptions {
  /** As clinic names it. */
  readonly tool: string;
  /** A program of Node with its arguments, which prints `Listening on URL`. */
  readonly program: readonly string[];
  /** Its data directory: there it says which process it is, since clinic does not. */
  readonly dataDir: string;
  /** Empty: clinic leaves files where it runs, and stumbles over those of others. */
  readonly workFolder: string;
  readonly output: string;
}

/** Starts it and waits until the program listens. */
export async function startClinic(options: ClinicOptions): Promise<Clinic> {
  const { tool, program, dataDir, workFolder, output } = options;
  const before = new Set(pagesIn(output));
  const clinic = spawn(
    process.execPath,
    [clinicProgram(), tool, '--open=false', `--dest=${output}`, '--', process.execPath, ...program],
    { cwd: workFolder, env: { ...withoutSettings(), ...SILENT }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<number | null>((resolve) => clinic.once('close', resolve));
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-KEPT_CHARACTERS);
  };
  clinic.stdout.on('data', hear);
  clinic.stderr.on('data', hear);
  const stop = (): void => {
    // Not all tools pass a signal on.
    if (clinic.exitCode === null && clinic.signalCode === null) {
      const pid = programPid(dataDir);
      if (pid !== null) kill(pid, 'SIGKILL');
      clinic.kill('SIGKILL');
    }
  };
  // Also where we are interrupted while it starts.
  process.once('exit', stop);
  try {
    const url = await within(
      READY_MS,
      'nothing listens',
      ended,
      clinic,
      () => /Listening on (http:\S+)/.exec(said)?.[1],
    );
    return {
      url,
      pid: programPid(dataDir)!,
      stop,
      async finish() {
        kill(programPid(dataDir)!, 'SIGINT');
        const timer = setTimeout(stop, ANALYSIS_MS);
        const code = await ended;
        clearTimeout(timer);
        const page = pagesIn(output).find((file) => !before.has(file));
        if (code !== 0 || page === undefined)
          throw new Error(`clinic ${tool} made no page and ended with ${code}: ${said}`);
        return page;
      },
    };
  } catch (error) {
    stop();
    throw new Error(`${(error as Error).message}: ${said}`, { cause: error });
  }
}

function clinicProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('clinic/bin.js');
  } catch (error) {
    throw new Error('clinic is not installed: npm ci', { cause: error });
  }
}

/** Settings of the one who profiles would be settings of what is profiled. */
function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:TAPLINE|OTEL|NODE_OPTIONS)/.test(name)),
  );
}

function pagesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.html'))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** Null before it has begun. */
function programPid(dataDir: string): number | null {
  try {
    return (JSON.parse(readFileSync(path.join(dataDir, 'owner.json'), 'utf8')) as { pid: number }).pid;
  } catch {
    return null;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Looks at each word of a program whether `found` gives something. Rejects where it ends before, or takes too long. */
async function within(
  timeoutMs: number,
  otherwise: string,
  ended: Promise<number | null>,
  program: ChildProcess,
  found: () => string | undefined,
): Promise<string> {
  const heard = Promise.withResolvers<string>();
  const timer = setTimeout(() => heard.reject(new Error(`${otherwise} after ${timeoutMs} ms`)), timeoutMs);
  const look = (): void => {
    const result = found();
    if (result !== undefined) heard.resolve(result);
  };
  program.stdout!.on('data', look);
  void ended.then((code) => heard.reject(new Error(`clinic ended with ${code}`)));
  try {
    return await heard.promise;
  } finally {
    clearTimeout(timer);
    program.stdout!.off('data', look);
  }
}

import { Worker } from 'node:worker_threads';
import type { Options } from '../config/options.ts';
import { ProgramError, type ProgramFault } from './program-fault.ts';
import type { ProgramSource } from './program-source.ts';

/** A script that loads longer has no end. */
const LOAD_MS = 10_000;
/** How long the thread may take until it begins: that of a machine that is busy. */
const BEGIN_MS = 60_000;
const MAX_HEAP_MB = 256;

/** What the thread says in which a program is tried: that it begins, and then what is wrong; null for nothing. */
export type TrialMessage = 'begun' | ProgramFault | null;

export interface TrialInit {
  readonly program: ProgramSource;
  readonly options: Options;
}

/**
 * Loads a program in a thread of its own and throws that away: a script whose loading has no end, or takes all memory, is found out where no
 * traffic waits for it. Rejects with a ProgramError.
 */
export async function tryProgram(init: TrialInit, loadMs: number = LOAD_MS): Promise<void> {
  const worker = new Worker(new URL('./try-program-entry.ts', import.meta.url), {
    workerData: init,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    name: 'trial',
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const fault = await new Promise<ProgramFault | null>((resolve) => {
      const failed = (message: string): void => resolve({ text: message, message, place: null });
      timer = setTimeout(
        () => failed(`${init.program.entry}: this machine is too busy to load it; try again`),
        BEGIN_MS,
      );
      worker.on('message', (message: TrialMessage) => {
        if (message !== 'begun') {
          resolve(message);
          return;
        }
        clearTimeout(timer);
        const endless = `${init.program.entry}: loading it took more than ${loadMs} ms: does it loop without end?`;
        timer = setTimeout(() => failed(endless), loadMs);
      });
      worker.once('error', (error) => failed(`${init.program.entry}: ${(error as Error).message}`));
      worker.once('exit', () => failed(`${init.program.entry}: the script ended the thread that loaded it`));
    });
    if (fault !== null) throw new ProgramError(fault);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

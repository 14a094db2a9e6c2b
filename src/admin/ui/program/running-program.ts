import { signal } from '@preact/signals';
import {
  fetchRunning,
  type RunningProgram,
  type ScriptFault,
  startProgram,
  stopProgram,
} from './program-api.ts';

/** Which script runs; null until the gateway has told. */
export const running = signal<RunningProgram | null>(null);

/** Rises with each start and stop, whoever did it: what is known of the running program should be loaded anew. */
export const turn = signal(0);

export type Undertaking =
  | { readonly kind: 'none' }
  | { readonly kind: 'starting'; readonly path: string }
  | { readonly kind: 'stopping' }
  /** The last start, until the next or until it is dismissed. */
  | { readonly kind: 'started'; readonly path: string }
  | { readonly kind: 'failed'; readonly path: string; readonly fault: ScriptFault };

/** What is being done with the program, or was last. */
export const undertaking = signal<Undertaking>({ kind: 'none' });

/** Asks which script runs; somebody else may have started another. */
export async function loadRunning(): Promise<void> {
  const before = running.value;
  const now = await fetchRunning();
  if (before?.path === now.path && before.source === now.source && before.generation === now.generation)
    return;
  running.value = now;
  turn.value++;
}

/** Starts a script as it was saved; says how that went in `undertaking`. */
export async function start(path: string): Promise<void> {
  undertaking.value = { kind: 'starting', path };
  try {
    const fault = await startProgram(path);
    undertaking.value = fault === null ? { kind: 'started', path } : { kind: 'failed', path, fault };
    await loadRunning();
  } catch (error) {
    fail(path, error);
  }
}

/** Stops what runs: its ports are closed, open sessions end by themselves. */
export async function stop(): Promise<void> {
  const path = running.value?.path ?? '';
  undertaking.value = { kind: 'stopping' };
  try {
    await stopProgram();
    undertaking.value = { kind: 'none' };
    await loadRunning();
  } catch (error) {
    fail(path, error);
  }
}

function fail(path: string, error: unknown): void {
  const fault = { message: (error as Error).message, file: null, line: null, column: null };
  undertaking.value = { kind: 'failed', path, fault };
}

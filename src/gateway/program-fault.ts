import type { SourcePlace } from '../core/pipeline.ts';
import { ScriptError } from '../script/script-error.ts';

/** Why a program could not be loaded or served, as it crosses threads. */
export interface ProgramFault {
  /** For people who have nothing else: with its place and the line of the script, where there is one. */
  readonly text: string;
  /** What is wrong, without its place. */
  readonly message: string;
  /** Null where it is no fault of a script: a port that is in use. */
  readonly place: SourcePlace | null;
}

/** An error that has a place in a script where it is a script's fault. */
export class ProgramError extends Error {
  readonly fault: ProgramFault;

  constructor(fault: ProgramFault, options?: ErrorOptions) {
    super(fault.text, options);
    this.name = 'ProgramError';
    this.fault = fault;
  }
}

/** Whatever was thrown, as a fault. */
export function faultOf(error: unknown): ProgramFault {
  if (error instanceof ProgramError) return error.fault;
  if (error instanceof ScriptError) {
    const { message, file, line, column } = error;
    return { text: error.format(), message, place: line > 0 ? { file, line, column } : null };
  }
  const message = (error as Error | null)?.message ?? String(error);
  return { text: message, message, place: null };
}

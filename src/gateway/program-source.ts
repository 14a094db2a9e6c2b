import * as path from 'node:path';
import type { Options } from '../config/options.ts';

/** Where a program is: the folder that its paths begin at, and its root script in it. Plain values, so that it crosses threads. */
export interface ProgramSource {
  /** Absolute. */
  readonly root: string;
  /** Inside the root, with a leading slash: `/main.js`. */
  readonly entry: string;
  /** The program of the package, as it is. */
  readonly isBuiltIn: boolean;
}

/** The program that runs where no script is given: with records, or without where capture is off. */
export function builtInProgram(options: Pick<Options, 'capture'>): ProgramSource {
  return {
    root: path.join(import.meta.dirname, '../pipelines'),
    entry: options.capture === 'on' ? '/audit.js' : '/forward.js',
    isBuiltIn: true,
  };
}

/** A script that was named on the command line: its folder is the root. @param script absolute */
export function programOfScript(script: string): ProgramSource {
  return { root: path.dirname(script), entry: `/${path.basename(script)}`, isBuiltIn: false };
}

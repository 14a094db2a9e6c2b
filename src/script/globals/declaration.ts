import type { Ports } from '../../core/ports.ts';
import type { ProgramFiles } from '../program-files.ts';
import type { SessionHost } from './session.ts';

/** What the objects of a script may use of the program around them. */
export interface GlobalHost {
  readonly ports: Ports;
  readonly files: ProgramFiles;
  /** The environment variables at start. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True under `--compat`: the original's behaviour where ours differs for safety. */
  readonly isCompat: boolean;
  readonly sessions: SessionHost;
  /** Runs `fn` once when the program ends or is replaced: the place to stop timers. */
  onRelease(fn: () => void): void;
}

/** An expression and what `JSON.stringify` makes of its value; a test runs it. */
export interface GlobalExample {
  readonly code: string;
  readonly gives: string;
}

/**
 * Everything about one name that scripts can use without declaring it (spec api), in one file: the value, the reference page and the
 * declarations for editors come from it.
 */
export interface GlobalDeclaration {
  readonly name: string;
  readonly summary: string;
  /**
   * TypeScript, ambient, as it stands in the declaration file for editors: `declare const os: { ... };` with a doc comment for each
   * member. It is the reference page too.
   */
  readonly types: string;
  readonly examples: readonly GlobalExample[];
  /** The value, frozen where it is ours. Called once per program. */
  create(host: GlobalHost): unknown;
}

/** The error of a wrong argument, worded as the original does (spec language 8). */
export function expects(position: number, what: string): TypeError {
  return new TypeError(`argument #${position} expects ${what}`);
}

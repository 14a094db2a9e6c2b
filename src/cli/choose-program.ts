import { existsSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { ProgramRoot } from '../admin/program-folder.ts';
import type { ReadResult } from '../config/read-options.ts';
import { UsageError } from '../config/usage-error.ts';
import { builtInProgram, programOfScript, type ProgramSource } from '../gateway/program-source.ts';

/** What the command line says of the program. */
export interface ProgramChoice {
  /** What runs at once; null for nothing until somebody starts a script in the page. */
  readonly program: ProgramSource | null;
  /** Whose files the page shows and edits. */
  readonly pageRoot: ProgramRoot;
}

/**
 * A script runs, of a folder its `main.js`; with an explicit port for the page a folder is only opened there (spec cli 1). Throws UsageError.
 * @param isVerifying a script is needed, and no page is served
 */
export function chooseProgram(
  { positional, options, given }: ReadResult,
  cwd: string,
  isVerifying: boolean,
): ProgramChoice {
  if (positional.length === 0) {
    const program = builtInProgram(options);
    const ownFolder = path.join(options.dataDir, 'program');
    return { program, pageRoot: { kind: 'built-in', source: program, ownFolder } };
  }
  if (positional.length > 1)
    throw new UsageError(`expected one script, not ${positional.length}: ${positional.join(' ')}`);
  const named = path.resolve(cwd, positional[0]!);
  if (!existsSync(named)) throw new UsageError(`there is no script or folder ${named}`);
  if (!statSync(named).isDirectory())
    return {
      program: programOfScript(named),
      pageRoot: { kind: 'folder', folder: path.dirname(named), dataDir: options.dataDir },
    };
  const pageRoot = { kind: 'folder', folder: named, dataDir: options.dataDir } as const;
  if (!isVerifying && given.has('gui-port') && options.guiPort !== null) return { program: null, pageRoot };
  const main = path.join(named, 'main.js');
  if (!existsSync(main))
    throw new UsageError(
      `the folder ${named} has no main.js; --gui-port=8001 opens it in the page without running anything`,
    );
  return { program: programOfScript(main), pageRoot };
}

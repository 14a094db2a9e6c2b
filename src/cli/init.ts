import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { UsageError } from '../config/usage-error.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** `tapline init [folder]` */
// oxlint-disable-next-line require-await -- all commands are asynchronous to their caller
export async function init(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [folder = '.', ...more] = argv;
  if (more.length > 0 || folder.startsWith('-')) throw new UsageError('usage: tapline init [folder]');
  const file = path.resolve(terminal.cwd, folder, 'main.js');
  const program = readFileSync(path.join(import.meta.dirname, '../pipelines/audit.js'), 'utf8');
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    writeFileSync(file, program, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`${file} is there already; move it away or give another folder`, { cause: error });
  }
  const shown = path.relative(terminal.cwd, file);
  terminal.out.write(`Wrote ${shown}. Run it:\n\n  tapline --upstream=http://127.0.0.1:3000 ${shown}\n`);
  return EXIT.ok;
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { FILES } from './files.ts';

/** Writes the files of `dashboards/`; with `--check`, says which are out of date. */
const FOLDER = path.join(import.meta.dirname, '..');

let outdated = 0;
for (const [name, text] of Object.entries(FILES)) {
  const file = path.join(FOLDER, name);
  const options = await resolveConfig(file);
  // As the format check wants them; ndjson is no language of it, and stays as it is.
  const written = name.endsWith('.ndjson') ? text : await format(text, { ...options, filepath: file });
  if (!process.argv.includes('--check')) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, written);
  } else if (read(file) !== written) {
    outdated++;
    process.stderr.write(`dashboards/${name} is out of date: run npm run dashboards\n`);
  }
}
process.exitCode = outdated === 0 ? 0 : 1;

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Children } from '../children.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const BUILD_MS = 120_000;

/** The gateway as it is shipped: the bundle, started with the flags that the image starts it with. */
export interface Bundle {
  /** Program and flags, without the options of the gateway. */
  readonly command: readonly string[];
}

/** Builds the bundle into a folder. */
export async function buildBundle(children: Children, folder: string): Promise<Bundle> {
  const output = path.join(folder, 'dist');
  const { code, stderr } = await children.run([process.execPath, path.join(ROOT, 'bin/build.ts'), output], {
    timeoutMs: BUILD_MS,
  });
  if (code !== 0) throw new Error(`the bundle could not be built: ${stderr}`);
  const flags = nodeFlags(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8'));
  return { command: [process.execPath, ...flags, path.join(output, 'main.js')] };
}

/** What stands between `node` and the program in the ENTRYPOINT of a Dockerfile. Throws where there is none that starts Node so. */
export function nodeFlags(dockerfile: string): string[] {
  const entrypoint = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  const words = entrypoint === undefined ? [] : (JSON.parse(entrypoint) as string[]);
  const program = words.findIndex((word) => word.endsWith('.js'));
  if (words[0] !== 'node' || program === -1)
    throw new Error('the Dockerfile has no ENTRYPOINT ["node", FLAGS..., "PROGRAM.js"]');
  return words.slice(1, program);
}

import { accessSync, constants, existsSync } from 'node:fs';
import * as path from 'node:path';

/** The programs beside Node that a run can use, as commands; null for one that is not installed. */
export interface Tools {
  readonly nginx: readonly string[] | null;
  readonly haproxy: readonly string[] | null;
  readonly wrk: readonly string[] | null;
  readonly vegeta: readonly string[] | null;
}

/** Where servers are installed that the PATH of most users does not name. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** Looks for the programs on the PATH, and for vegeta also in the folder that TAPLINE_PEERS names. */
export function findTools(env: NodeJS.ProcessEnv): Tools {
  const folders = [...(env['PATH'] ?? '').split(path.delimiter), ...SERVER_FOLDERS].filter(
    (one) => one !== '',
  );
  const find = (name: string): readonly string[] | null => {
    const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
    return found === undefined ? null : [found];
  };
  const launcher = env['TAPLINE_PEERS'] === undefined ? '' : path.join(env['TAPLINE_PEERS'], 'tools', 'run');
  return {
    nginx: find('nginx'),
    haproxy: find('haproxy'),
    wrk: find('wrk'),
    vegeta: find('vegeta') ?? (existsSync(launcher) ? [launcher, 'vegeta'] : null),
  };
}

/** Nothing but Node. */
export const NO_TOOLS: Tools = { nginx: null, haproxy: null, wrk: null, vegeta: null };

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

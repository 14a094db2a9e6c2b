import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Where the parts of a data directory lie. */
export interface DataPaths {
  readonly spool: string;
  readonly ledger: string;
  readonly store: string;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the owner in clock ticks since boot, so that a reused pid is not taken for it; null where unknown. */
  readonly started: string | null;
}

/** The folder of one gateway: one owner at a time, files 0600, folders 0700. Readers need no lock. */
export class DataDirectory {
  readonly path: string;
  readonly paths: DataPaths;
  readonly #lockFile: string | null;

  private constructor(directory: string, lockFile: string | null) {
    this.path = directory;
    this.paths = {
      spool: path.join(directory, 'spool'),
      ledger: path.join(directory, 'ledger'),
      store: path.join(directory, 'store.sqlite'),
    };
    this.#lockFile = lockFile;
  }

  /** Takes the folder, making it where it is missing. Rejects where another process owns it or it cannot be written. */
  static open(directory: string, { isReadOnly = false }: { isReadOnly?: boolean } = {}): DataDirectory {
    const absolute = path.resolve(directory);
    if (isReadOnly) {
      if (!fs.existsSync(absolute)) throw new Error(`there is no data directory ${absolute}: has the gateway run with this --data-dir?`);
      return new DataDirectory(absolute, null);
    }
    const lockFile = path.join(absolute, 'owner.lock');
    try {
      for (const folder of ['', 'spool', 'ledger'])
        fs.mkdirSync(path.join(absolute, folder), { recursive: true, mode: 0o700 });
      takeLock(lockFile, absolute);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new Error(`cannot write the data directory ${absolute}: ${code}; choose another with --data-dir`, { cause: error });
    }
    return new DataDirectory(absolute, lockFile);
  }

  /** The key of keyed hashes in records: made once, kept beside the records. */
  hmacKey(): Buffer {
    const file = path.join(this.path, 'hmac.key');
    try {
      fs.writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return fs.readFileSync(file);
  }

  /** Gives the folder back. Safe twice. */
  close(): void {
    if (this.#lockFile !== null) fs.rmSync(this.#lockFile, { force: true });
  }
}

function takeLock(file: string, directory: string): void {
  const me: Owner = { pid: process.pid, host: os.hostname(), started: startOf(process.pid) };
  for (let attempt = 0; ; attempt++) {
    try {
      fs.writeFileSync(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error;
    }
    const owner = readOwner(file);
    if (owner !== null && isAlive(owner))
      throw new Error(
        `the data directory ${directory} is in use by process ${owner.pid} on ${owner.host}; stop it or choose another with --data-dir`,
      );
    fs.rmSync(file, { force: true });
  }
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner): boolean {
  // A process of another machine cannot be looked at: it is believed.
  if (owner.host !== os.hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return owner.started === null || owner.started === startOf(owner.pid);
}

function startOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

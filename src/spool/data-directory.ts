import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { OwnerLock } from './owner-lock.ts';

/** Where the parts of a data directory lie. */
export interface DataPaths {
  readonly spool: string;
  readonly ledger: string;
  readonly store: string;
  /** How far each sink has come. */
  readonly delivery: string;
  readonly deadLetters: string;
}

/** The folder of one gateway: one owner at a time, files 0600, folders 0700. Readers need no lock. */
export class DataDirectory {
  readonly path: string;
  readonly paths: DataPaths;
  readonly #lock: OwnerLock | null;

  private constructor(directory: string, lock: OwnerLock | null) {
    this.path = directory;
    this.paths = {
      spool: path.join(directory, 'spool'),
      ledger: path.join(directory, 'ledger'),
      store: path.join(directory, 'store.sqlite'),
      delivery: path.join(directory, 'delivery'),
      deadLetters: path.join(directory, 'dead-letters.sqlite'),
    };
    this.#lock = lock;
  }

  /** Takes the folder, making it where it is missing. Rejects where another process owns it or it cannot be written. */
  static open(directory: string, { isReadOnly = false }: { isReadOnly?: boolean } = {}): DataDirectory {
    const absolute = path.resolve(directory);
    if (isReadOnly) {
      if (!fs.existsSync(absolute))
        throw new Error(`there is no data directory ${absolute}: has the gateway run with this --data-dir?`);
      return new DataDirectory(absolute, null);
    }
    let lock: OwnerLock | null;
    try {
      for (const folder of ['', 'spool', 'ledger', 'delivery'])
        fs.mkdirSync(path.join(absolute, folder), { recursive: true, mode: 0o700 });
      lock = OwnerLock.take(absolute);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(
        `cannot write the data directory ${absolute}: ${code ?? (error as Error).message}; choose another with --data-dir`,
        { cause: error },
      );
    }
    if (lock === null) {
      const owner = OwnerLock.owner(absolute);
      const by = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
      throw new Error(
        `the data directory ${absolute} is in use by ${by}; stop it or choose another with --data-dir`,
      );
    }
    return new DataDirectory(absolute, lock);
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

  /** Whether a gateway uses the folder now. */
  get isInUse(): boolean {
    return this.#lock !== null || OwnerLock.isHeld(this.path);
  }

  /** The newest of these runs, where the gateway that uses the folder now has begun it; null for none. A command may hold the folder, too. */
  runningRun(ledger: readonly { readonly run: string; readonly startedMs: number }[]): string | null {
    const newest = ledger.at(-1);
    if (newest === undefined || !this.isInUse) return null;
    return newest.startedMs >= (OwnerLock.owner(this.path)?.takenMs ?? 0) ? newest.run : null;
  }

  /** Gives the folder back. Safe twice. */
  close(): void {
    this.#lock?.release();
  }
}

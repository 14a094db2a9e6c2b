import { readFileSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Who holds a data directory. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Wall clock. */
  readonly takenMs: number;
}

/**
 * A lock that the kernel gives back when its process dies, however it dies: an exclusive transaction on an empty SQLite file. So
 * a lock is never stale, also between containers that share a volume, where process ids say nothing. Who holds it stands
 * in a file beside it, for the error that a second process prints.
 */
export class OwnerLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Null where another process, or another part of this one, has it. Throws what the file system throws. */
  static take(folder: string): OwnerLock | null {
    // Nothing else may open this file: POSIX gives a process's locks back when it closes any descriptor of it.
    const database = new DatabaseSync(path.join(folder, 'lock'), { timeout: 0 });
    try {
      database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (isBusy(error)) return null;
      throw error;
    }
    const owner: Owner = { pid: process.pid, host: os.hostname(), takenMs: Date.now() };
    writeFileSync(path.join(folder, 'owner.json'), `${JSON.stringify(owner)}\n`, { mode: 0o600 });
    return new OwnerLock(database);
  }

  /** Whether a process holds the folder. Changes nothing. */
  static isHeld(folder: string): boolean {
    let database: DatabaseSync;
    try {
      database = new DatabaseSync(path.join(folder, 'lock'), { readOnly: true, timeout: 0 });
    } catch {
      return false;
    }
    try {
      database.prepare('SELECT count(*) FROM sqlite_master').get();
      return false;
    } catch (error) {
      return isBusy(error);
    } finally {
      database.close();
    }
  }

  /** Who took the lock last; null where that cannot be read. */
  static owner(folder: string): Owner | null {
    try {
      return JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8')) as Owner;
    } catch {
      return null;
    }
  }

  /** Safe twice. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  // SQLITE_BUSY, SQLITE_LOCKED
  return code === 5 || code === 6;
}

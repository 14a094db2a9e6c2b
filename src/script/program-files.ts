import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import * as path from 'node:path';

/** The files that a program can see. Relative paths start at the program root: the folder of its root script. */
export interface ProgramFiles {
  /** The content of any file of the system; null where it is no readable regular file (spec api 6). */
  read(file: string): Buffer | null;
  /** The status of any file of the system, links followed; null where there is none. */
  stat(file: string): Stats | null;
  /**
   * The path of what `file` names inside the program root (`/lib/a.js` and `lib/a.js` are the same), links resolved and with a leading
   * slash; null where it leaves the root, by `..` or by a link, or does not exist (spec language 6).
   */
  inside(file: string): string | null;
  /** The content of a file inside the root; null where `inside` is null or it is no regular file. */
  readInside(file: string): Buffer | null;
}

/** Those of a disk. */
export class DiskFiles implements ProgramFiles {
  /** Absolute, links resolved. */
  readonly root: string;

  constructor(root: string) {
    this.root = realpathSync(root);
  }

  read(file: string): Buffer | null {
    return readRegular(path.resolve(this.root, file));
  }

  stat(file: string): Stats | null {
    return statSync(path.resolve(this.root, file), { throwIfNoEntry: false }) ?? null;
  }

  inside(file: string): string | null {
    if (escapes(file)) return null;
    let real: string;
    try {
      real = realpathSync(path.join(this.root, file));
    } catch {
      return null;
    }
    if (real === this.root) return '/';
    return real.startsWith(this.root + path.sep) ? real.slice(this.root.length) : null;
  }

  readInside(file: string): Buffer | null {
    const found = this.inside(file);
    return found === null ? null : readRegular(path.join(this.root, found));
  }
}

/** Whether `..` segments climb above the root, even where they would come back. */
export function escapes(file: string): boolean {
  let depth = 0;
  for (const segment of file.split('/')) {
    if (segment === '..' && --depth < 0) return true;
    if (segment !== '' && segment !== '.' && segment !== '..') depth++;
  }
  return file.includes('\0');
}

/** A folder, a pipe or a device would never end, or never begin. */
function readRegular(file: string): Buffer | null {
  try {
    return statSync(file).isFile() ? readFileSync(file) : null;
  } catch {
    return null;
  }
}

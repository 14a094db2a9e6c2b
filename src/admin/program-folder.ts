import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { ProgramSource } from '../gateway/program-source.ts';
import {
  ContainedFolder,
  type FileTree,
  MAX_FILE_BYTES,
  newTree,
  type WriteFault,
} from './contained-folder.ts';
import { namesOf } from './program-path.ts';

/** Files and folders that a tree has at most. */
const MAX_ENTRIES = 10_000;

/** A file as an editor sees it. */
export interface ProgramFile {
  readonly bytes: Buffer;
  /** A strong entity tag of its content, quoted. */
  readonly etag: string;
}

/** What an editor knows of the file that it writes or removes. */
export interface FileCondition {
  /** One of these entity tags is the file's; null for any or none. */
  readonly ifMatch: string | null;
  /** There is no such file. */
  readonly isNew: boolean;
}

export type WriteResult =
  | { readonly status: 'written'; readonly etag: string }
  | {
      readonly status: 'conflict';
      /** What is there now; null where nothing is. */
      readonly current: ProgramFile | null;
    }
  | { readonly status: 'refused'; readonly fault: WriteFault | 'no-name' | 'too-large' };

/** All files, and how many are not among them. */
export interface ListedTree {
  readonly tree: FileTree;
  readonly leftOut: number;
}

/** Where the page finds its files. */
export type ProgramRoot =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      /** Where the records are: no file of the program, also where it lies in its folder. */
      readonly dataDir: string;
    }
  /** The program of the package is shown until somebody has written another in its place. */
  | { readonly kind: 'built-in'; readonly source: ProgramSource; readonly ownFolder: string };

/**
 * The files that the page shows and edits: those of a script's folder, or the built-in program with what was written in its place. The
 * package's own files are never written. Writers come one after the other.
 */
export class ProgramFolder {
  readonly #folder: ContainedFolder;
  readonly #builtIn: ProgramSource | null;
  #writing: Promise<unknown> = Promise.resolve();
  #listing: Promise<ListedTree> | null = null;

  /** Throws where the folder does not exist. */
  constructor(root: ProgramRoot) {
    if (root.kind === 'folder') {
      this.#builtIn = null;
      const folder = realpathSync(root.folder);
      const data = realOf(root.dataDir);
      this.#folder = new ContainedFolder(folder, {
        fileMode: 0o666,
        folderMode: 0o777,
        // A script may lie in the data directory: what the page has written in the place of the built-in program does.
        excluded: data.startsWith(folder + path.sep) ? data : null,
      });
    } else {
      this.#builtIn = root.source;
      const { dir, base } = path.parse(root.ownFolder);
      // As everything in a data directory.
      this.#folder = new ContainedFolder(path.join(realOf(dir), base), {
        fileMode: 0o600,
        folderMode: 0o700,
        excluded: null,
      });
    }
  }

  /** All files, and how many are left out: names that are not shown, and what is beyond the bounds of number and depth. */
  tree(): Promise<ListedTree> {
    // Who asks while it is listed for another gets the same: the threads that look into folders are also those that write records.
    if (this.#listing !== null) return this.#listing;
    const listing = this.#list().finally(() => {
      if (this.#listing === listing) this.#listing = null;
    });
    this.#listing = listing;
    return listing;
  }

  async #list(): Promise<ListedTree> {
    const tree = newTree();
    const budget = { left: MAX_ENTRIES, leftOut: 0 };
    if (this.#builtIn !== null) tree[this.#builtIn.entry.slice(1)] = '';
    await this.#folder.list(tree, budget);
    return { tree, leftOut: budget.leftOut };
  }

  /** Null where there is no such file. */
  async read(file: string): Promise<ProgramFile | 'too-large' | null> {
    const names = namesOf(file);
    if (names === null) return null;
    const content = await this.#folder.read(names);
    if (content.status === 'too-large') return 'too-large';
    if (content.status === 'read') return fileOf(content.bytes);
    const { entry, root } = this.#builtIn ?? {};
    if (root === undefined || entry !== `/${names.join('/')}`) return null;
    return fileOf(await fs.readFile(path.join(root, entry)));
  }

  /** Writes a file where the condition holds, making folders where they are missing. */
  write(file: string, bytes: Buffer, condition: FileCondition): Promise<WriteResult> {
    return this.#inTurn(async () => {
      const names = namesOf(file);
      if (names === null) return { status: 'refused', fault: 'no-name' };
      if (bytes.length > MAX_FILE_BYTES) return { status: 'refused', fault: 'too-large' };
      const conflict = await this.#conflict(file, condition);
      if (conflict !== undefined) return { status: 'conflict', current: conflict };
      const isBuiltIn = this.#builtIn?.entry === `/${names.join('/')}`;
      const fault = await this.#folder.write(names, bytes, condition.isNew && !isBuiltIn);
      if (fault === 'exists') return { status: 'conflict', current: await this.#current(file) };
      return fault === null ? { status: 'written', etag: fileOf(bytes).etag } : { status: 'refused', fault };
    });
  }

  /** Removes a file where the condition holds. What was written in the place of the built-in program gives it back. */
  remove(
    file: string,
    condition: Pick<FileCondition, 'ifMatch'>,
  ): Promise<'removed' | 'missing' | { readonly current: ProgramFile | null }> {
    return this.#inTurn(async () => {
      const names = namesOf(file);
      if (names === null || !(await this.#folder.has(names))) return 'missing';
      const current = await this.#conflict(file, { ...condition, isNew: false });
      if (current !== undefined) return { current };
      return (await this.#folder.remove(names)) ? 'removed' : 'missing';
    });
  }

  /** What to start where a script of this folder is wanted; null where there is no such file. */
  async sourceOf(file: string): Promise<ProgramSource | null> {
    const names = namesOf(file.trim());
    if (names === null) return null;
    const entry = `/${names.join('/')}`;
    if (await this.#folder.has(names)) return { root: this.#folder.root, entry, isBuiltIn: false };
    return this.#builtIn?.entry === entry ? this.#builtIn : null;
  }

  /** What is there instead of what the editor knows; undefined where that is the same. */
  async #conflict(file: string, { ifMatch, isNew }: FileCondition): Promise<ProgramFile | null | undefined> {
    if (ifMatch === null && !isNew) return undefined;
    const current = await this.#current(file);
    if (isNew && current !== null) return current;
    if (ifMatch === null) return undefined;
    const isSame = current !== null && (ifMatch.trim() === '*' || tagsOf(ifMatch).includes(current.etag));
    return isSame ? undefined : current;
  }

  async #current(file: string): Promise<ProgramFile | null> {
    const current = await this.read(file);
    return current === 'too-large' ? { bytes: Buffer.alloc(0), etag: '"too-large"' } : current;
  }

  #inTurn<T>(fn: () => Promise<T>): Promise<T> {
    // What is listed now may have looked before the change.
    const result = this.#writing.then(fn).finally(() => (this.#listing = null));
    this.#writing = result.catch(() => {});
    return result;
  }
}

function fileOf(bytes: Buffer): ProgramFile {
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
}

/** The tags of a field `If-Match`; weak ones never match. */
function tagsOf(field: string): string[] {
  return field.split(',').map((tag) => tag.trim());
}

/** Links resolved as far as there is something. */
function realOf(folder: string): string {
  const absolute = path.resolve(folder);
  try {
    return realpathSync(absolute);
  } catch {
    const { dir, base } = path.parse(absolute);
    return base === '' ? absolute : path.join(realOf(dir), base);
  }
}

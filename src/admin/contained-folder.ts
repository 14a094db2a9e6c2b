import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isShownName, MAX_DEPTH } from './program-path.ts';

/** A larger file is no script, and is neither shown nor written. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** The files of a folder: `""` for a file, an object for a folder (spec cli 7.1). */
export interface FileTree {
  [name: string]: '' | FileTree;
}

/** What a file holds. */
export type FileContent =
  | { readonly status: 'read'; readonly bytes: Buffer }
  | { readonly status: 'missing' }
  /** More than MAX_FILE_BYTES. */
  | { readonly status: 'too-large'; readonly bytes: number };

/** Why a file was not written; `exists` only where it was to be new. */
export type WriteFault = 'exists' | 'is-folder' | 'outside' | 'not-a-folder';

export interface ContainedFolderOptions {
  /** Of new files, before the umask. */
  readonly fileMode: number;
  readonly folderMode: number;
  /** A folder inside that is not shown and not touched; absolute, links resolved. Null for none. */
  readonly excluded: string | null;
}

/** Where the parent of a file is held open, its entries are reached through it: whoever moves it or puts a link in its place is too late. */
const DESCRIPTORS = process.platform === 'linux' ? '/proc/self/fd' : null;

/** Nothing is waited for: a pipe that nobody writes to would block for ever. */
const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A folder whose files are read and written by names, and nothing outside of it, whatever links lie in it. A path is resolved, looked at, and then
 * its parent is opened and looked at again where it really is; the last name is opened without following a link. On Linux this leaves no gap;
 * elsewhere somebody who may write into the folder could put a link in a parent's place between the look and the opening. Hard links are
 * not told from other files: who can make one in the folder can read what it names already.
 */
export class ContainedFolder {
  /** Absolute, links resolved. */
  readonly root: string;
  readonly #options: ContainedFolderOptions;

  /** @param root absolute, links resolved; need not exist yet */
  constructor(root: string, options: ContainedFolderOptions) {
    this.root = root;
    this.#options = options;
  }

  /** Adds its files to `tree`, as many as `budget` has left; what there is beside them it counts. */
  async list(tree: FileTree, budget: { left: number; leftOut: number }): Promise<void> {
    await this.#list(this.root, tree, budget, [this.root]);
  }

  async #list(
    folder: string,
    tree: FileTree,
    budget: { left: number; leftOut: number },
    above: readonly string[],
  ): Promise<void> {
    const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const { name } = entry;
      if (name.startsWith('.')) continue;
      let isFile = entry.isFile();
      let isFolder = entry.isDirectory();
      let there = path.join(folder, name);
      if (entry.isSymbolicLink()) {
        const real = await this.#real(there);
        if (real === null) continue;
        there = real;
        const status = await fs.stat(real).catch(() => null);
        [isFile, isFolder] = [status?.isFile() === true, status?.isDirectory() === true];
      }
      if ((!isFile && !isFolder) || !this.#holds(there)) continue;
      const isEndless = isFolder && (above.includes(there) || above.length >= MAX_DEPTH);
      if (!isShownName(name) || isEndless || budget.left === 0) {
        budget.leftOut++;
        continue;
      }
      if (isFile) {
        if (tree[name] === undefined) budget.left--;
        tree[name] ??= '';
      } else {
        const known = tree[name];
        if (known === '') continue;
        const inner = known ?? newTree();
        if (known === undefined) budget.left--;
        tree[name] = inner;
        await this.#list(there, inner, budget, [...above, there]);
      }
    }
  }

  /** The content of a file, links inside the folder followed. @param names of `namesOf` */
  async read(names: readonly string[]): Promise<FileContent> {
    const real = await this.#real(path.join(this.root, ...names));
    if (real === null || real === this.root) return { status: 'missing' };
    const content = await this.#inside<FileContent>(path.dirname(real), async (parent) => {
      const file = await fs.open(path.join(parent, path.basename(real)), READING).catch(() => null);
      if (file === null) return { status: 'missing' };
      try {
        const status = await file.stat();
        if (!status.isFile()) return { status: 'missing' };
        if (status.size > MAX_FILE_BYTES) return { status: 'too-large', bytes: status.size };
        return { status: 'read', bytes: await readWhole(file) };
      } finally {
        await file.close();
      }
    });
    return content ?? { status: 'missing' };
  }

  /** Whether there is a file of this name, a link to one inside the folder included. */
  async has(names: readonly string[]): Promise<boolean> {
    const real = await this.#real(path.join(this.root, ...names));
    if (real === null) return false;
    return (await fs.stat(real).catch(() => null))?.isFile() === true;
  }

  /**
   * Puts a file in its place at once: nobody ever sees half of it, and a crash leaves the old one. Makes missing folders. A link inside the folder is
   * followed; one that leads nowhere is replaced. The mode of what was there is kept.
   * @param isNew fails where there is one
   */
  async write(names: readonly string[], bytes: Buffer, isNew: boolean): Promise<WriteFault | null> {
    await fs.mkdir(this.root, { recursive: true, mode: this.#options.folderMode });
    const wanted = path.join(this.root, ...names);
    const existing = await this.#real(wanted);
    if (existing === null && (await isElsewhere(wanted))) return 'outside';
    const target = existing ?? (await this.#newPlace(names));
    if (target === 'outside' || target === 'not-a-folder') return target;
    const fault = await this.#inside(path.dirname(target), (parent) =>
      this.#replace(parent, path.basename(target), bytes, isNew),
    );
    return fault === undefined ? 'outside' : fault;
  }

  /** Removes a file, of a link the link. False where there is none; folders stay. */
  async remove(names: readonly string[]): Promise<boolean> {
    const parent = await this.#real(path.join(this.root, ...names.slice(0, -1)));
    if (parent === null) return false;
    const isRemoved = await this.#inside(parent, async (folder) => {
      const file = path.join(folder, names.at(-1)!);
      const status = await fs.lstat(file).catch(() => null);
      if (status === null || !(status.isFile() || status.isSymbolicLink())) return false;
      await fs.unlink(file);
      return true;
    });
    return isRemoved ?? false;
  }

  /** Where a new file goes: its folders made, each looked at. */
  async #newPlace(names: readonly string[]): Promise<string> {
    let folder = this.root;
    for (const name of names.slice(0, -1)) {
      const wanted = path.join(folder, name);
      if ((await fs.lstat(wanted).catch(() => null)) === null) {
        const isMade = await this.#inside(folder, async (parent) => {
          await fs.mkdir(path.join(parent, name), { mode: this.#options.folderMode }).catch(ignoreExisting);
          return true;
        });
        if (isMade === undefined) return 'outside';
      }
      const real = await this.#real(wanted);
      if (real === null) return 'outside';
      if (!(await fs.stat(real)).isDirectory()) return 'not-a-folder';
      folder = real;
    }
    return path.join(folder, names.at(-1)!);
  }

  async #replace(parent: string, name: string, bytes: Buffer, isNew: boolean): Promise<WriteFault | null> {
    const target = path.join(parent, name);
    const before = await fs.lstat(target).catch(() => null);
    if (before !== null && isNew) return 'exists';
    if (before !== null && !before.isFile() && !before.isSymbolicLink()) return 'is-folder';
    const draft = path.join(parent, `.tapline-${randomBytes(8).toString('hex')}`);
    try {
      await this.#writeDraft(draft, bytes, before);
      if (!isNew) await fs.rename(draft, target);
      else {
        // A link is only made where there is nothing: whoever came first stays.
        await fs.link(draft, target);
        await fs.unlink(draft);
      }
      await syncFolder(parent);
      return null;
    } catch (error) {
      await fs.unlink(draft).catch(() => {});
      if (isNew && (error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
      throw error;
    }
  }

  async #writeDraft(draft: string, bytes: Buffer, before: Stats | null): Promise<void> {
    const isKept = before?.isFile() === true;
    const file = await fs.open(draft, 'wx', this.#options.fileMode);
    try {
      if (isKept) await file.chmod(before.mode & 0o777);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** What a path really is, where that is inside and shown; else null. */
  async #real(file: string): Promise<string | null> {
    const real = await fs.realpath(file).catch(() => null);
    return real !== null && this.#holds(real) ? real : null;
  }

  #holds(real: string): boolean {
    if (real === this.root) return true;
    const { excluded } = this.#options;
    if (!real.startsWith(this.root + path.sep)) return false;
    if (excluded !== null && (real === excluded || real.startsWith(excluded + path.sep))) return false;
    return real
      .slice(this.root.length + 1)
      .split(path.sep)
      .every((name) => !name.startsWith('.'));
  }

  /** Calls `fn` with a way to the entries of a folder, where that really lies inside; undefined where it does not. */
  async #inside<T>(folder: string, fn: (parent: string) => Promise<T>): Promise<T | undefined> {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
    const opened = await fs.open(folder, flags).catch(() => null);
    if (opened === null) return undefined;
    try {
      const held = DESCRIPTORS === null ? folder : `${DESCRIPTORS}/${opened.fd}`;
      const real = await (DESCRIPTORS === null ? fs.realpath(folder) : fs.readlink(held)).catch(() => null);
      return real !== null && this.#holds(real) ? await fn(held) : undefined;
    } finally {
      await opened.close();
    }
  }
}

/** Without a prototype, so that every name is a name. */
export function newTree(): FileTree {
  return Object.create(null) as FileTree;
}

/** Whether there is something that was not found inside: it lies outside, or is hidden. A link that leads nowhere is nothing. */
async function isElsewhere(file: string): Promise<boolean> {
  return (await fs.stat(file).catch(() => null)) !== null;
}

/** No more than the bound, also where it grows while it is read. */
async function readWhole(file: fs.FileHandle): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(MAX_FILE_BYTES);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return Buffer.from(bytes.subarray(0, length));
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** So that the new name outlives a power cut; some systems cannot. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await fs.open(folder, constants.O_RDONLY).catch(() => null);
  await opened?.sync().catch(() => {});
  await opened?.close();
}

import * as path from 'node:path';
import type { Files, OpenFile } from '../../src/sinks/file/files.ts';

interface Inode {
  readonly id: string;
  bytes: Buffer;
}

/** When a process that uses the disk dies, and which of its calls fail; counted over all calls, from 1. */
export interface Fate {
  readonly diesAt: number | null;
  readonly failsAt?: ReadonlySet<number>;
}

/** A disk in memory that outlives the processes which use it; each can be killed between any two calls, or in the middle of a write. */
export class MortalDisk {
  readonly #names = new Map<string, Inode>();
  #lastId = 0;

  /** The files as one process sees them. `death` resolves when it is killed; its calls never return from then on. */
  boot({ diesAt, failsAt = new Set() }: Fate): { files: Files; death: Promise<'dead'>; calls: () => number } {
    const { promise: death, resolve: die } = Promise.withResolvers<'dead'>();
    let calls = 0;
    let isDead = false;
    const step = async <T>(effect: () => T, half?: () => void): Promise<T> => {
      if (isDead) return new Promise<T>(() => {});
      calls++;
      if (calls === diesAt) {
        half?.();
        isDead = true;
        die('dead');
        return new Promise<T>(() => {});
      }
      if (failsAt.has(calls)) {
        half?.();
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      }
      const result = effect();
      await Promise.resolve();
      return result;
    };
    const files: Files = {
      open: (file, how) => step(() => this.#open(file, how, step)),
      stat: (file) => step(() => this.#facts(this.#names.get(file) ?? null)),
      rename: (from, to) =>
        step(() => {
          this.#names.set(to, this.#inode(from));
          this.#names.delete(from);
        }),
      remove: (file) => step(() => void this.#names.delete(file)),
      list: (folder) => step(() => this.list(folder)),
      syncFolder: () => step(() => {}),
    };
    return { files, death, calls: () => calls };
  }

  list(folder: string): string[] {
    return [...this.#names.keys()]
      .filter((name) => path.dirname(name) === folder)
      .map((name) => path.basename(name));
  }

  read(file: string): Buffer {
    return this.#inode(file).bytes;
  }

  /** What others do to the files. */
  write(file: string, bytes: Buffer): void {
    const inode = this.#names.get(file) ?? this.#create(file);
    inode.bytes = bytes;
  }

  rename(from: string, to: string): void {
    this.#names.set(to, this.#inode(from));
    this.#names.delete(from);
  }

  #open(
    file: string,
    how: 'append' | 'read' | 'replace',
    step: <T>(effect: () => T, half?: () => void) => Promise<T>,
  ): OpenFile {
    const inode = how === 'read' ? this.#inode(file) : (this.#names.get(file) ?? this.#create(file));
    if (how === 'replace') inode.bytes = Buffer.alloc(0);
    const append = (bytes: Buffer): number => {
      inode.bytes = Buffer.concat([inode.bytes, bytes]);
      return bytes.length;
    };
    return {
      write: (bytes) =>
        step(
          () => append(bytes),
          () => append(bytes.subarray(0, bytes.length >> 1)),
        ),
      read: (into, position) => step(() => inode.bytes.copy(into, 0, position)),
      truncate: (length) => step(() => void (inode.bytes = inode.bytes.subarray(0, length))),
      sync: () => step(() => {}),
      stat: () => step(() => this.#facts(inode)!),
      close: () => step(() => {}),
    };
  }

  #create(file: string): Inode {
    const inode = { id: String(++this.#lastId), bytes: Buffer.alloc(0) };
    this.#names.set(file, inode);
    return inode;
  }

  #inode(file: string): Inode {
    const inode = this.#names.get(file);
    if (inode === undefined)
      throw Object.assign(new Error(`ENOENT: ${file}`), { code: 'ENOENT', path: file });
    return inode;
  }

  #facts(inode: Inode | null): { size: number; inode: string } | null {
    return inode === null ? null : { size: inode.bytes.length, inode: inode.id };
  }
}

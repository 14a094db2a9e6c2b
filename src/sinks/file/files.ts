import * as fs from 'node:fs/promises';

/** What tells a file from another that is later given the same name. */
export interface FileFacts {
  readonly size: number;
  readonly inode: string;
}

export interface OpenFile {
  /** Appends; gives how many bytes were taken, fewer than given where the disk is full. */
  write(bytes: Buffer): Promise<number>;
  /** Fills `into` from `position`; gives how many bytes there were. */
  read(into: Buffer, position: number): Promise<number>;
  truncate(length: number): Promise<void>;
  /** To the disk, against power loss. */
  sync(): Promise<void>;
  stat(): Promise<FileFacts>;
  close(): Promise<void>;
}

/** What the file sink does with the file system; a port, so that tests can stop between any two calls. Files are made with mode 0600. */
export interface Files {
  /** `append` makes a missing file and can read too, `read` does not make it, `replace` begins it anew. */
  open(file: string, how: 'append' | 'read' | 'replace'): Promise<OpenFile>;
  /** Null where there is no such file. */
  stat(file: string): Promise<FileFacts | null>;
  rename(from: string, to: string): Promise<void>;
  /** A missing file is none the worse. */
  remove(file: string): Promise<void>;
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  /** What was made, renamed and removed in a folder, to the disk. */
  syncFolder(folder: string): Promise<void>;
}

const FLAGS = { append: 'a+', read: 'r', replace: 'w' } as const;

/** The file system of this machine. */
export const diskFiles: Files = {
  async open(file, how) {
    const handle = await fs.open(file, FLAGS[how], 0o600);
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
      truncate: (length) => handle.truncate(length),
      sync: () => handle.datasync(),
      stat: async () => factsOf(await handle.stat({ bigint: true })),
      close: () => handle.close(),
    };
  },
  async stat(file) {
    try {
      return factsOf(await fs.stat(file, { bigint: true }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  },
  rename: (from, to) => fs.rename(from, to),
  remove: (file) => fs.rm(file, { force: true }),
  list: (folder) => fs.readdir(folder),
  async syncFolder(folder) {
    const handle = await fs.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Writes all of it; rejects half way with what the system says. */
export async function writeAll(file: OpenFile, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/** Reads a stretch; shorter where the file ends. */
export async function readStretch(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = await file.read(bytes.subarray(read), position + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

function factsOf({ size, ino }: { size: bigint; ino: bigint }): FileFacts {
  return { size: Number(size), inode: String(ino) };
}

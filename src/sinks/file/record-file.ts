import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Log } from '../../core/ports.ts';
import type { Place, StreamKey } from '../sink.ts';
import {
  type CurrentFile,
  EMPTY_STATE,
  loadState,
  type PendingAppend,
  saveState,
  type StreamPlace,
} from './file-state.ts';
import { type FileFacts, type Files, type OpenFile, readStretch, writeAll } from './files.ts';
import { rotatedName } from './rotated-name.ts';

/** A place is of use while its segments are in the spool: long before so many streams have come after it. */
const MAX_PLACES = 1024;
const LINE_END = 0x0a;

export interface RecordFileOptions {
  readonly file: string;
  readonly stateFile: string;
  readonly maxBytes: number;
  /** 0 for never. */
  readonly maxAgeMs: number;
  /** Survive a power loss, too. */
  readonly isSyncing: boolean;
  readonly files: Files;
  readonly log: Log;
  readonly nowMs: () => number;
  /** A file was put aside. */
  readonly onRotated: () => void;
}

/**
 * The file that is appended to, and what is known of it. Each append is announced in the state file with length and checksum, then made,
 * then confirmed there: after a crash the announcement tells whether the file holds all of it, or a part that is cut off and comes again.
 * What others do to the file (rename it, cut it, append to it) is noticed before each append and does no harm; nothing of theirs is removed.
 */
export class RecordFile {
  readonly #options: RecordFileOptions;
  #places = new Map<string, StreamPlace>();
  #current: CurrentFile | null = null;
  #handle: OpenFile | null = null;
  /** An append failed half way and could not be cut off yet. */
  #isTorn = false;

  constructor(options: RecordFileOptions) {
    this.#options = options;
  }

  /** Finds out what a former run has left, and opens the file. Safe to call again after a failure. */
  async open(): Promise<void> {
    await this.close();
    this.#isTorn = false;
    const state = (await loadState(this.#options.files, this.#options.stateFile)) ?? EMPTY_STATE;
    this.#places = new Map(state.places.map((entry) => [keyOf(entry), entry]));
    this.#current = null;
    if (state.current !== null) await this.#settle(state.current, state.pending);
    await this.#openCurrent();
    await this.#save(null);
  }

  acknowledged(stream: StreamKey): Place | null {
    return this.#places.get(keyOf(stream))?.place ?? null;
  }

  /** Appends whole lines, or nothing. Rejects with the error of the system. */
  async append(stream: StreamKey, place: Place, lines: Buffer): Promise<void> {
    const bytes = await this.#makeReady(lines);
    const { run, thread } = stream;
    await this.#save({ run, thread, place, length: bytes.length, checksum: crc32(bytes) });
    this.#isTorn = true;
    try {
      await writeAll(this.#handle!, bytes);
      if (this.#options.isSyncing) await this.#handle!.sync();
    } catch (error) {
      await this.#cutOff().catch(() => {});
      throw error;
    }
    this.#isTorn = false;
    this.#take(bytes.length, { run, thread, place });
    // The announcement proves it, too; a state file that cannot be written stops the next append.
    await this.#save(null).catch(() => {});
  }

  /** Safe twice, and before `open`. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  #take(length: number, entry: StreamPlace): void {
    this.#current = { ...this.#current!, length: this.#current!.length + length };
    this.#places.delete(keyOf(entry));
    this.#places.set(keyOf(entry), entry);
    if (this.#places.size > MAX_PLACES) this.#places.delete(this.#places.keys().next().value!);
  }

  /** Sees to it that the open file is the one of that name, with whole lines only and room for these; gives what to append. */
  async #makeReady(lines: Buffer): Promise<Buffer> {
    if (this.#isTorn) await this.#cutOff();
    const { file, files, log, maxBytes, maxAgeMs, nowMs } = this.#options;
    const facts = await files.stat(file);
    if (this.#handle === null || facts === null || facts.inode !== this.#current?.inode) {
      if (this.#handle !== null)
        log.write(
          'info',
          `[file] ${file} was ${facts === null ? 'moved away' : 'replaced'}: going on in a new one`,
        );
      await this.#openCurrent();
    } else if (facts.size !== this.#current.length) this.#adopt(facts);
    const { length, startedMs } = this.#current!;
    const isOld = maxAgeMs > 0 && nowMs() - startedMs >= maxAgeMs;
    if (length > 0 && (length + lines.length > maxBytes || isOld)) await this.#rotate();
    const current = this.#current!.length;
    if (current === 0) return lines;
    const last = await readStretch(this.#handle!, current - 1, 1);
    return last[0] === LINE_END ? lines : Buffer.concat([Buffer.from([LINE_END]), lines]);
  }

  /** Somebody else has changed the length of the file. */
  #adopt({ size }: FileFacts): void {
    const { file, log } = this.#options;
    log.write(
      'warn',
      `[file] ${file} has ${size} bytes where ${this.#current!.length} were written: somebody else writes to it or cuts it; going on at its end`,
    );
    this.#current = { ...this.#current!, length: size };
  }

  async #openCurrent(): Promise<void> {
    const { file, files, nowMs, isSyncing } = this.#options;
    await this.close();
    const handle = await files.open(file, 'append');
    try {
      // It may be new, and the former one renamed.
      if (isSyncing) await files.syncFolder(path.dirname(file));
      const { size, inode } = await handle.stat();
      const isKnown = this.#current?.path === file && this.#current.inode === inode;
      this.#current = {
        path: file,
        inode,
        length: size,
        startedMs: isKnown ? this.#current!.startedMs : nowMs(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
  }

  /** Puts the file aside. The state forgets it first: should the next step be the last, all its lines are whole. */
  async #rotate(): Promise<void> {
    const { file, files, nowMs, onRotated } = this.#options;
    const former = this.#current;
    this.#current = null;
    try {
      await this.#save(null);
    } catch (error) {
      this.#current = former;
      throw error;
    }
    await this.close();
    const folder = path.dirname(file);
    const names = new Set(await files.list(folder));
    const time = nowMs();
    let number = 0;
    const isTaken = (name: string): boolean => names.has(name) || names.has(`${name}.gz`);
    while (isTaken(rotatedName(file, time, number))) number++;
    await files.rename(file, path.join(folder, rotatedName(file, time, number)));
    onRotated();
    await this.#openCurrent();
  }

  async #cutOff(): Promise<void> {
    await this.#handle!.truncate(this.#current!.length);
    this.#isTorn = false;
  }

  #save(pending: PendingAppend | null): Promise<void> {
    const { files, stateFile, isSyncing } = this.#options;
    return saveState(
      files,
      stateFile,
      { version: 1, current: this.#current, pending, places: [...this.#places.values()] },
      isSyncing,
    );
  }

  /** Compares the file of the former run with what that run has announced. */
  async #settle(current: CurrentFile, pending: PendingAppend | null): Promise<void> {
    const { files, log } = this.#options;
    const found = await this.#find(current);
    if (found === null) {
      log.write('warn', `[file] ${current.path} is gone since the last run, with the records in it`);
      return;
    }
    this.#current = current;
    const handle = await files.open(found, 'append');
    try {
      const { size } = await handle.stat();
      const tail = size - current.length;
      if (tail < 0)
        log.write('warn', `[file] ${found} is ${-tail} bytes shorter than it was left: somebody has cut it`);
      if (pending === null || tail <= 0) return;
      const bytes = await readStretch(handle, current.length, pending.length);
      if (bytes.length === pending.length && crc32(bytes) === pending.checksum)
        this.#take(pending.length, { run: pending.run, thread: pending.thread, place: pending.place });
      else if (tail <= pending.length) await handle.truncate(current.length);
    } finally {
      await handle.close();
    }
  }

  /** The file of the former run: under its name, or under another in the same folder where it was renamed since. */
  async #find({ path: file, inode }: CurrentFile): Promise<string | null> {
    const { files } = this.#options;
    if ((await files.stat(file))?.inode === inode) return file;
    const folder = path.dirname(file);
    const { name } = path.parse(file);
    const others = await files.list(folder).catch(() => []);
    for (const other of others)
      if (other.startsWith(name) && (await files.stat(path.join(folder, other)))?.inode === inode)
        return path.join(folder, other);
    return null;
  }
}

function keyOf({ run, thread }: StreamKey): string {
  return `${run}.${thread}`;
}

import * as path from 'node:path';
import { type Place, SinkNotReady, type StreamKey } from '../sink.ts';
import { type Files, readStretch, writeAll } from './files.ts';

/** A batch that is about to be appended to the current file: with it a start after a crash can tell whether all of it is there. */
export interface PendingAppend {
  readonly run: string;
  readonly thread: number;
  readonly place: Place;
  readonly length: number;
  /** CRC-32 of the appended bytes. */
  readonly checksum: number;
}

export interface CurrentFile {
  readonly path: string;
  readonly inode: string;
  /** Bytes up to the end of the last batch that was appended whole. */
  readonly length: number;
  readonly startedMs: number;
}

export interface StreamPlace extends StreamKey {
  readonly place: Place;
}

/** What the sink remembers between runs. */
export interface FileState {
  readonly version: 1;
  /** Null before the first record and while a file is put aside. */
  readonly current: CurrentFile | null;
  readonly pending: PendingAppend | null;
  readonly places: readonly StreamPlace[];
}

/** More than any state has: 1024 streams of 200 bytes. */
const MAX_STATE_BYTES = 1024 * 1024;

export const EMPTY_STATE: FileState = { version: 1, current: null, pending: null, places: [] };

/** Null where there is none. Throws SinkNotReady where it cannot be read as one: to go on without would write records twice. */
export async function loadState(files: Files, file: string): Promise<FileState | null> {
  if ((await files.stat(file)) === null) return null;
  const open = await files.open(file, 'read');
  try {
    const state = JSON.parse((await readStretch(open, 0, MAX_STATE_BYTES)).toString()) as Partial<FileState>;
    if (state.version === 1 && Array.isArray(state.places)) return state as FileState;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  } finally {
    await open.close();
  }
  throw new SinkNotReady(
    `${file} is damaged or of another version: it says which records are in the file already. Remove it to go on; records still in the spool may then be written twice`,
    { isPermanent: true },
  );
}

/** Replaces the state in one step. */
export async function saveState(
  files: Files,
  file: string,
  state: FileState,
  isSyncing: boolean,
): Promise<void> {
  const next = path.join(path.dirname(file), `.${path.basename(file)}.next`);
  const open = await files.open(next, 'replace');
  try {
    await writeAll(open, Buffer.from(`${JSON.stringify(state)}\n`));
    if (isSyncing) await open.sync();
  } finally {
    await open.close();
  }
  await files.rename(next, file);
  if (isSyncing) await files.syncFolder(path.dirname(file));
}

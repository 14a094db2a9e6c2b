import { signal } from '@preact/signals';
import { RequestError } from '../api/request.ts';
import { say } from '../parts/toasts.tsx';
import { type FileTree, foldersAbove } from './file-tree.ts';
import { isEdited, nextOpenFile, opened, type OpenFile, type OpenFileEvent } from './open-file.ts';
import { deleteFile, fetchFile, fetchTheirs, fetchTree, putFile } from './program-api.ts';

/** The files of the program's folder; null until they are loaded. */
export const tree = signal<FileTree | null>(null);
/** How many files and folders are there besides. */
export const leftOut = signal(0);
export const treeError = signal<unknown>(null);
export const expandedFolders = signal<ReadonlySet<string>>(new Set());
/** The row that is selected, a file or a folder. */
export const selectedPath = signal<string | null>(null);

/** What the editor has of a file. */
export type Opening =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'missing' }
  | { readonly kind: 'open'; readonly file: OpenFile };

/** Files that were opened since the page was, by path: what is edited in them is kept until it is saved. */
export const openings = signal<ReadonlyMap<string, Opening>>(new Map());

/** The paths of files with edits that are not saved. */
export function editedPaths(): string[] {
  return [...openings.value].flatMap(([path, opening]) =>
    opening.kind === 'open' && isEdited(opening.file) ? [path] : [],
  );
}

/** The open file at a path; null where it is not open. */
export function openFileAt(path: string | null): OpenFile | null {
  const opening = path === null ? undefined : openings.value.get(path);
  return opening?.kind === 'open' ? opening.file : null;
}

export async function loadTree(): Promise<void> {
  try {
    const listed = await fetchTree();
    tree.value = listed.tree;
    leftOut.value = listed.leftOut;
    treeError.value = null;
  } catch (error) {
    treeError.value = error;
  }
}

export function setExpanded(path: string, isExpanded: boolean): void {
  const folders = new Set(expandedFolders.value);
  if (isExpanded) folders.add(path);
  else folders.delete(path);
  expandedFolders.value = folders;
}

/** Makes a file's row visible and selects it. */
export function reveal(path: string): void {
  expandedFolders.value = new Set([...expandedFolders.value, ...foldersAbove(path)]);
  selectedPath.value = path;
}

/** Reads a file where that was not done yet. */
export async function openFile(path: string): Promise<void> {
  const kind = openings.value.get(path)?.kind;
  if (kind === 'open' || kind === 'loading') return;
  put(path, { kind: 'loading' });
  try {
    const stored = await fetchFile(path);
    put(path, stored === null ? { kind: 'missing' } : { kind: 'open', file: opened(stored) });
  } catch (error) {
    put(path, { kind: 'failed', error });
  }
}

/** What happened to an open file. */
export function change(path: string, event: OpenFileEvent): void {
  const file = openFileAt(path);
  if (file === null) return;
  const next = nextOpenFile(file, event);
  if (next !== file) put(path, { kind: 'open', file: next });
}

/** Saves a file as edited. @returns whether the gateway has it now */
export async function save(path: string): Promise<boolean> {
  const file = openFileAt(path);
  if (file === null || file.state.kind !== 'quiet') return false;
  change(path, { kind: 'save' });
  try {
    const result = await putFile(path, file.text, file.base.etag);
    if (result.kind === 'conflict') {
      change(path, { kind: 'refused', theirs: result.theirs });
      return openFileAt(path)?.state.kind === 'quiet';
    }
    change(path, { kind: 'saved', etag: result.etag });
    if (file.base.etag === null) await loadTree();
    return true;
  } catch (error) {
    change(path, { kind: 'failed' });
    say(`${path} was not saved: ${(error as Error).message}`, { isError: true });
    return false;
  }
}

/** Makes an empty file. Throws where the gateway does not want to. */
export async function createFile(path: string): Promise<void> {
  const result = await putFile(path, '', null);
  if (result.kind === 'conflict') {
    await loadTree();
    throw new Error(`${path} exists already.`);
  }
  put(path, { kind: 'open', file: opened({ text: '', etag: result.etag }) });
  await loadTree();
  reveal(path);
}

/** Deletes a file, with what was edited in it. Throws where the gateway does not want to. @returns false where it was gone already */
export async function removeFile(path: string): Promise<boolean> {
  const wasThere = await deleteFile(path);
  const rest = new Map(openings.value);
  rest.delete(path);
  openings.value = rest;
  await loadTree();
  return wasThere;
}

/** Looks whether the gateway still has what was read. A gateway that does not answer is told elsewhere. */
export async function lookAt(path: string): Promise<void> {
  const file = openFileAt(path);
  if (file === null) {
    const opening = openings.value.get(path);
    // What cannot be shown will not be shown the next time.
    if (opening?.kind === 'failed' && isPassing(opening.error)) await reopen(path);
    return;
  }
  if (file.state.kind === 'saving') return;
  const known =
    file.state.kind === 'overtaken' && file.state.theirs !== 'deleted' ? file.state.theirs : file.base;
  const theirs = await fetchTheirs(path, known.etag).catch(() => undefined);
  // What was saved in between is not news.
  if (theirs === undefined || openFileAt(path)?.base !== file.base) return;
  change(path, { kind: 'seen', theirs });
}

/** Tries again to read a file that could not be read. */
export async function reopen(path: string): Promise<void> {
  const rest = new Map(openings.value);
  rest.delete(path);
  openings.value = rest;
  await openFile(path);
}

/** Whether an error may be gone the next time: the gateway was gone, or was being started. */
function isPassing(error: unknown): boolean {
  return error instanceof RequestError && (error.status === 0 || error.status === 503);
}

function put(path: string, opening: Opening): void {
  openings.value = new Map(openings.value).set(path, opening);
}

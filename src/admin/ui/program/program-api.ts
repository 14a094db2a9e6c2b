import { request, RequestError, requestJson } from '../api/request.ts';
import type { FileTree } from './file-tree.ts';
import type { StoredText, Theirs } from './open-file.ts';
import type { Graph } from '../../../script/graph.ts';
import type { ScriptProblem } from '../../../script/read-script.ts';
import type { ProgramActivity } from '../../../gateway/program-activity.ts';

/** Which script runs. */
export interface RunningProgram {
  /** With a leading slash; null where nothing runs. */
  readonly path: string | null;
  readonly source: 'built-in' | 'file' | 'none';
  /** Another one: it was started anew. */
  readonly generation: string;
}

/** Where a script is wrong, as the gateway tells it. */
export interface ScriptFault {
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** `leftOut`: files and folders that the gateway does not list, since they are too many, too deep, or have odd names. */
export async function fetchTree(): Promise<{ readonly tree: FileTree; readonly leftOut: number }> {
  const response = await request('/api/files');
  const tree = (await response.json()) as FileTree;
  return { tree, leftOut: Number(response.headers.get('x-left-out')) || 0 };
}

/** @returns null where there is no such file */
export async function fetchFile(path: string): Promise<StoredText | null> {
  try {
    return await storedText(await request(fileTarget(path), { headers: { Accept: 'text/plain' } }));
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** What the gateway has now where that is not what `etag` names; undefined where it is the same. */
export async function fetchTheirs(path: string, etag: string | null): Promise<Theirs | undefined> {
  try {
    const headers: Record<string, string> = etag === null ? {} : { 'If-None-Match': etag };
    const theirs = await storedText(await request(fileTarget(path), { headers }));
    return theirs.etag === etag ? undefined : theirs;
  } catch (error) {
    if (statusOf(error) === 304) return undefined;
    if (statusOf(error) === 404) return etag === null ? undefined : 'deleted';
    throw error;
  }
}

export type SaveResult =
  | { readonly kind: 'saved'; readonly etag: string | null }
  /** Somebody else has written another text, or deleted the file. */
  | { readonly kind: 'conflict'; readonly theirs: Theirs };

/** Writes a file over the text that `etag` names, or makes it where that is null. Throws RequestError for everything but a conflict. */
export async function putFile(path: string, text: string, etag: string | null): Promise<SaveResult> {
  try {
    const response = await request(fileTarget(path), {
      method: 'POST',
      headers: {
        'Content-Type': 'text/plain; charset=utf-8',
        ...(etag === null ? { 'If-None-Match': '*' } : { 'If-Match': etag }),
      },
      body: text,
    });
    return { kind: 'saved', etag: response.headers.get('etag') };
  } catch (error) {
    if (!(error instanceof RequestError) || (error.status !== 409 && error.status !== 412)) throw error;
    const { current, etag: currentEtag } = error.detail;
    return {
      kind: 'conflict',
      theirs:
        typeof current === 'string'
          ? { text: current, etag: (currentEtag as string | null) ?? null }
          : 'deleted',
    };
  }
}

/** @returns false where there is no such file */
export async function deleteFile(path: string): Promise<boolean> {
  try {
    await request(fileTarget(path), { method: 'DELETE' });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

export async function fetchRunning(): Promise<RunningProgram> {
  const response = await request('/api/program');
  const path = (await response.text()).trim();
  const told = response.headers.get('x-program-source');
  const generation = response.headers.get('x-program-generation') ?? '';
  if (path === '') return { path: null, source: 'none', generation };
  return { path, source: told === 'built-in' ? told : 'file', generation };
}

/** Loads and starts a script; what is wrong with it, or null. Throws where the gateway cannot be asked. */
export async function startProgram(path: string): Promise<ScriptFault | null> {
  try {
    await request('/api/program', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: path,
    });
    return null;
  } catch (error) {
    if (statusOf(error) === 0) throw error;
    return faultOf(error as RequestError);
  }
}

export async function stopProgram(): Promise<void> {
  await request('/api/program', { method: 'DELETE' });
}

/** The charts of what runs, by module. */
export async function fetchConfig(): Promise<Readonly<Record<string, Graph>>> {
  return requestJson('/api/config');
}

export type CheckResult =
  | { readonly kind: 'graph'; readonly graph: Graph; readonly problems: readonly ScriptProblem[] }
  | { readonly kind: 'fault'; readonly fault: ScriptFault };

/** Reads a script without running it. */
export async function checkScript(text: string, signal: AbortSignal): Promise<CheckResult> {
  try {
    const { problems = [], ...graph } = await requestJson<Graph & { problems?: readonly ScriptProblem[] }>(
      '/api/graph',
      { method: 'POST', headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: text, signal },
    );
    return { kind: 'graph', graph, problems };
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    return { kind: 'fault', fault: faultOf(error as RequestError) };
  }
}

export async function fetchActivity(signal: AbortSignal): Promise<ProgramActivity> {
  return requestJson<ProgramActivity>('/api/program/activity', { signal });
}

/** @param size how many lines are known */
export async function fetchLog(
  size: number,
  signal: AbortSignal,
): Promise<{ readonly body: string; readonly size: number }> {
  const response = await request('/api/log', { headers: { 'x-log-size': String(size) }, signal });
  return { body: await response.text(), size: Number(response.headers.get('x-log-size')) || 0 };
}

function fileTarget(path: string): string {
  return `/api/files${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Throws where it is no text: what an editor shows it would also save. */
async function storedText(response: Response): Promise<StoredText> {
  const bytes = await response.arrayBuffer();
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RequestError('It is not text in UTF-8, so it cannot be edited here.', 415);
  }
  if (text.includes('\0')) throw new RequestError('It holds binary data, so it cannot be edited here.', 415);
  return { text, etag: response.headers.get('etag') };
}

function statusOf(error: unknown): number | null {
  return error instanceof RequestError ? error.status : null;
}

function faultOf({ message, detail }: RequestError): ScriptFault {
  const { file, line, column } = detail;
  return {
    message,
    file: typeof file === 'string' ? file : null,
    line: typeof line === 'number' ? line : null,
    column: typeof column === 'number' ? column : null,
  };
}

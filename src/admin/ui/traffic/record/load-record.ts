import { useEffect, useState } from 'preact/hooks';
import { connection } from '../../api/connection.ts';
import { request, RequestError } from '../../api/request.ts';
import { readRecord } from './read-record.ts';
import type { ShownRecord } from './shown-record.ts';

/** A record on its way here. */
export type RecordState =
  | { readonly kind: 'loading' }
  /** `text` is its document as it is stored: JSON, but where a script has made it of something else. */
  | { readonly kind: 'loaded'; readonly text: string; readonly isJson: boolean; readonly record: ShownRecord }
  /** The store does not have it, any more or at all, as `reason` says. */
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: unknown };

const LOADING: RecordState = { kind: 'loading' };

/** Loads a record; again when the gateway is back, as long as it is not there. Records never change. */
export function useRecord(id: string): { readonly state: RecordState; readonly retry: () => void } {
  const [known, setKnown] = useState({ id, state: LOADING });
  const [tries, setTries] = useState(0);
  const state = known.id === id ? known.state : LOADING;
  const isSettled = state.kind === 'loaded';
  const epoch = isSettled ? 0 : connection.epoch.value;
  useEffect(() => {
    if (isSettled) return;
    const abort = new AbortController();
    load(id, abort.signal).then(
      (loaded) => {
        if (!abort.signal.aborted) setKnown({ id, state: loaded });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setKnown({ id, state: { kind: 'failed', error } });
      },
    );
    return () => abort.abort();
  }, [id, epoch, tries]);
  return {
    state,
    retry: () => {
      setKnown({ id, state: LOADING });
      setTries(tries + 1);
    },
  };
}

async function load(id: string, signal: AbortSignal): Promise<RecordState> {
  try {
    const response = await request(`/api/records/${encodeURIComponent(id)}`, { signal });
    const text = (await response.text()).trim();
    signal.throwIfAborted();
    const document = parsed(text);
    return {
      kind: 'loaded',
      text,
      isJson: document !== undefined,
      record: readRecord(document),
    };
  } catch (error) {
    if (error instanceof RequestError && error.status === 404)
      return { kind: 'missing', reason: error.message };
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

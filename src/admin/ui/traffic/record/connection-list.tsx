import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RecordRow } from '../../../api/records/record-row.ts';
import { connection } from '../../api/connection.ts';
import { request } from '../../api/request.ts';
import { route } from '../../location.ts';
import { formatDuration, formatTime } from '../../parts/format.ts';
import { Shown } from '../../parts/shown.tsx';
import { recordAddress } from './record-address.ts';

const MAX_ROWS = 100;

type Rows =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly rows: readonly RecordRow[] }
  | { readonly kind: 'failed'; readonly message: string };

/** What else went over the connection of a record, in its order. */
export function ConnectionList({
  id,
  connectionId,
  runId,
}: {
  /** Of the record that is shown. */
  id: string;
  connectionId: number;
  runId: string;
}): JSX.Element {
  const [state, setState] = useState<Rows>({ kind: 'loading' });
  const epoch = connection.epoch.value;
  useEffect(() => {
    const abort = new AbortController();
    const parameters = new URLSearchParams({
      view: 'rows',
      query: `connection:${connectionId} run:"${runId.replace(/["\\]/g, '\\$&')}"`,
      order: 'oldest',
      limit: String(MAX_ROWS),
    });
    loadRows(`/api/records?${parameters}`, abort.signal).then(
      (rows) => setState({ kind: 'loaded', rows }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ kind: 'failed', message: (error as Error).message });
      },
    );
    return () => abort.abort();
  }, [connectionId, runId, epoch]);
  if (state.kind === 'loading') return <p class="muted">Loading…</p>;
  if (state.kind === 'failed')
    return (
      <p class="muted">
        They cannot be loaded: <Shown text={state.message} maxLength={300} />
      </p>
    );
  if (state.rows.every((row) => row.id === id)) return <p class="muted">No other exchange.</p>;
  return (
    <>
      <ol class="record-neighbours">
        {state.rows.map((row) => (
          <li key={row.id}>
            <a
              href={recordAddress(row.id, route.value)}
              class="record-neighbour"
              aria-current={row.id === id ? 'true' : undefined}
            >
              <span class="muted">{formatTime(row.timestampMs)}</span>
              <span class="record-neighbour-what">
                <Shown text={`${row.method ?? row.kind} ${row.path ?? ''}`} maxLength={300} />
              </span>
              <span>{row.status ?? '—'}</span>
              <span>{row.durationNs === null ? '—' : formatDuration(row.durationNs)}</span>
            </a>
          </li>
        ))}
      </ol>
      {state.rows.length === MAX_ROWS && (
        <p class="muted">The first {MAX_ROWS} of this connection; there may be more.</p>
      )}
    </>
  );
}

/** One row a line (NDJSON). */
async function loadRows(target: string, signal: AbortSignal): Promise<readonly RecordRow[]> {
  const text = await (await request(target, { signal })).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordRow);
}

import type { ComponentChildren, JSX } from 'preact';
import { connection } from '../api/connection.ts';
import { info } from '../api/info.ts';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { routeTo } from '../route.ts';
import type { LiveRecords } from './live-records.ts';
import { navigate } from './navigate.ts';
import type { QueryFault } from './query-check.ts';
import type { RecordFilter } from './record-filter.ts';

/** The list, or what there is instead of it and what to do. */
export function TrafficState({
  records,
  fault,
  filter: { query, since, until },
  onFocusQuery,
  children,
}: {
  records: LiveRecords;
  fault: QueryFault | null;
  filter: RecordFilter;
  onFocusQuery: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const state = records.state.value;
  const { list } = records;
  void records.version.value;
  if (fault !== null)
    return (
      <Empty title="The query cannot be read">
        <p>The field above says what is wrong, and where. Nothing was asked for.</p>
        <button type="button" class="button" onClick={onFocusQuery}>
          Change the query
        </button>
      </Empty>
    );
  if (state.kind === 'storeless' || info.value?.hasStore === false)
    return (
      <Empty title="No records are kept here">
        <p>
          The list shows what the embedded store keeps, and this gateway runs without one. Start it without{' '}
          <code>--store=off</code> to see its traffic.
        </p>
      </Empty>
    );
  if (state.kind === 'failed')
    return (
      <Failure
        title="The records cannot be shown"
        error={state.error}
        onRetry={() => void records.refresh()}
      />
    );
  if (state.kind === 'loading')
    return connection.state.value.kind === 'lost' ? (
      <Empty title="The gateway does not answer">
        <p>The list appears as soon as it does.</p>
      </Empty>
    ) : (
      <Loading what="records" />
    );
  if (list.length > 0 || list.waitingCount > 0) return <>{children}</>;
  if (list.olderBefore !== null) return <>{children}</>;
  if (query.trim() === '' && since === '' && until === '') return <NothingYet />;
  return (
    <Empty title="No record matches">
      <p>New records that match appear by themselves.</p>
      <p class="traffic-ways">
        {query.trim() !== '' && (
          <button type="button" class="button" onClick={() => navigate({ query: '' })}>
            Clear the query
          </button>
        )}
        {(since !== '' || until !== '') && (
          <button type="button" class="button" onClick={() => navigate({ since: '', until: '' })}>
            Look at all times
          </button>
        )}
      </p>
    </Empty>
  );
}

function NothingYet(): JSX.Element {
  const known = info.value;
  const address = known?.listening[0];
  if (known !== null && address === undefined)
    return (
      <Empty title="Nothing runs yet">
        <p>Start a script in the editor: what it records appears here.</p>
        <a class="button" href={routeTo('program', ['editor'])}>
          Open the editor
        </a>
      </Empty>
    );
  return (
    <Empty title="Waiting for the first request">
      {address === undefined ? (
        <p>Send a request through the gateway: it appears here.</p>
      ) : (
        <>
          <p>Send a request through the gateway. It appears here by itself.</p>
          <pre>curl -i {address}/</pre>
          {known?.upstream === null && (
            <p>
              A script records what its filters hand to <code>audit</code>; one without makes no records.
            </p>
          )}
        </>
      )}
    </Empty>
  );
}

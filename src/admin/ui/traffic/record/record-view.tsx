import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { RecordRow } from '../../../api/records/record-row.ts';
import { useShortcuts } from '../../parts/shortcuts.ts';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { TabList } from '../../parts/tab-list.tsx';
import { copy } from '../../parts/toasts.tsx';
import { curlCommand } from './curl-command.ts';
import { formatJson } from '../../../../codecs/json/format-json.ts';
import { headFacts } from './head-facts.ts';
import { useRecord } from './load-record.ts';
import { MessageView } from './message-view.tsx';
import { Overview } from './overview.tsx';
import type { ShownRecord } from './shown-record.ts';
import { RecordHead } from './record-head.tsx';
import { RecordMenu } from './record-menu.tsx';
import { SearchableCode } from './searchable-code.tsx';

const TABS = [
  { id: 'overview', title: 'Overview' },
  { id: 'request', title: 'Request' },
  { id: 'response', title: 'Response' },
  { id: 'document', title: 'Document' },
] as const;
type Tab = (typeof TABS)[number]['id'];

/** Kept from record to record: whoever looks through answers sees the next answer. */
const chosenTab = signal<Tab>('overview');

/** A record, beside the list: why it was slow or failed, and everything that was recorded of it. */
export function RecordView({
  id,
  row,
  onClose,
}: {
  id: string;
  /** Its line in the list, shown until its document is there; null where the list does not have it. */
  row: RecordRow | null;
  onClose: () => void;
}): JSX.Element {
  const { state, retry } = useRecord(id);
  const record = state.kind === 'loaded' ? state.record : null;
  useShortcuts(
    record === null
      ? []
      : [
          {
            keys: ['1', '2', '3', '4'],
            meaning: 'Overview, request, response, document of the record',
            run: ({ key }) => (chosenTab.value = TABS[Number(key) - 1]!.id),
          },
          {
            keys: ['y'],
            meaning: 'Copy the record as a curl command',
            run: () => {
              const command = curlCommand(record);
              if (command !== null) void copy(command, 'a curl command');
            },
          },
        ],
  );
  return (
    <article class="record" aria-label="Record">
      <RecordHead facts={headFacts(record, row)} record={record} onClose={onClose}>
        {state.kind === 'loaded' && <RecordMenu id={id} text={state.text} record={state.record} />}
      </RecordHead>
      {state.kind === 'loading' && <Loading what="the record" />}
      {state.kind === 'missing' && (
        <Empty title="This record is not there">
          <p>{state.reason}</p>
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
        </Empty>
      )}
      {state.kind === 'failed' && (
        <Failure title="The record cannot be loaded" error={state.error} onRetry={retry} />
      )}
      {state.kind === 'loaded' && <Loaded id={id} {...state} />}
    </article>
  );
}

function Loaded({
  id,
  text,
  isJson,
  record,
}: {
  id: string;
  text: string;
  isJson: boolean;
  record: ShownRecord;
}): JSX.Element {
  const isExchange = record.gap === null && record.summary === null;
  const tabs = isExchange ? TABS : TABS.filter(({ id: tab }) => tab === 'overview' || tab === 'document');
  const tab = tabs.some(({ id: one }) => one === chosenTab.value) ? chosenTab.value : 'overview';
  return (
    <>
      <TabList
        label="Parts of the record"
        tabs={tabs}
        selected={tab}
        panelId="record-panel"
        onSelect={(next) => (chosenTab.value = next)}
      />
      {/* Another record, or part, begins at its top. */}
      <div class="record-panel" id="record-panel" role="tabpanel" tabIndex={0} key={`${id} ${tab}`}>
        {tab === 'overview' && <Overview id={id} record={record} />}
        {tab === 'request' && (
          <MessageView message={record.request} what="request" query={record.url.query} />
        )}
        {tab === 'response' && <MessageView message={record.response} what="response" />}
        {tab === 'document' && (
          <SearchableCode
            text={isJson ? formatJson(text) : text}
            language={isJson ? 'json' : 'plain'}
            label="The document"
          />
        )}
      </div>
    </>
  );
}

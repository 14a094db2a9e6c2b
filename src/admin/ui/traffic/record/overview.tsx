import type { JSX } from 'preact';
import { info } from '../../api/info.ts';
import { formatBytes, formatCount, formatDateTime, formatDuration } from '../../parts/format.ts';
import { Shown } from '../../parts/shown.tsx';
import { Code } from './code.tsx';
import { ConnectionList } from './connection-list.tsx';
import { type Fact, FactList } from './fact-list.tsx';
import { FieldsTable } from './fields-table.tsx';
import { marksOf } from './marks.ts';
import { Part } from './message-view.tsx';
import type { ShownBody, ShownRecord } from './shown-record.ts';
import { statusText } from './status-text.ts';
import { timingOf } from './timing.ts';
import { TimingBar } from './timing-bar.tsx';
import { traceAddress } from './trace-address.ts';

/** What a record tells at a glance: where the time went, what happened to it on its way, who, how much, where it belongs. */
export function Overview({ id, record }: { id: string; record: ShownRecord }): JSX.Element {
  const timing = timingOf(record);
  const marks = marksOf(record);
  const { refused, connectionId, runId, injected, removed } = record;
  return (
    <>
      {timing !== null && (
        <Part title="Time">
          <TimingBar timing={timing} />
        </Part>
      )}
      {marks.length > 0 && (
        <Part title="Marks" count={marks.length}>
          <ul class="record-marks">
            {marks.map(({ name, text }, index) => (
              <li key={index}>
                <span class="record-badge">{name}</span> <Shown text={text} maxLength={600} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      {refused !== null && (
        <Part title="What came">
          <Code text={refused.head} label="The bytes that were refused" />
        </Part>
      )}
      {record.gap === null && record.summary === null && (
        <Facts title="Exchange" facts={exchangeFacts(record)} />
      )}
      {record.gap !== null && <Facts title="Missing" facts={gapFacts(record.gap)} />}
      {record.summary !== null && <Facts title="Left out" facts={summaryFacts(record, record.summary)} />}
      {(injected.length > 0 || removed.length > 0) && (
        <Part title="Added on the way to the application" count={injected.length}>
          <FieldsTable
            label="Headers that the gateway added"
            fields={[...injected, ...removed.map((name) => ({ name, value: '', note: 'was taken away' }))]}
          />
        </Part>
      )}
      <Facts title="Identity" facts={identityFacts(record)} />
      {connectionId !== null && runId !== null && (
        <Part title="On the same connection">
          <ConnectionList id={id} connectionId={connectionId} runId={runId} />
        </Part>
      )}
    </>
  );
}

/** Nothing where nothing is known. */
function Facts({ title, facts }: { title: string; facts: readonly Fact[] }): JSX.Element | null {
  if (facts.every(({ text }) => text === null)) return null;
  return (
    <Part title={title}>
      <FactList facts={facts} />
    </Part>
  );
}

function exchangeFacts(record: ShownRecord): readonly Fact[] {
  const { client, source, upstream, request, response, version, url } = record;
  return [
    { name: 'Client', text: client ?? source },
    { name: 'Connected from', text: client === source ? null : source },
    { name: 'Gateway', text: url.scheme === 'https' ? 'TLS with the client' : null },
    { name: 'Application', text: upstream },
    { name: 'Protocol', text: version === null ? null : `HTTP/${version}` },
    {
      name: 'Interim answers',
      text: record.interimStatuses.length === 0 ? null : record.interimStatuses.map(statusText).join(', '),
    },
    { name: 'Request', text: sizes(request.bytes, request.body) },
    { name: 'Response', text: sizes(response.bytes, response.body) },
    { name: 'Error', text: record.error?.type || null },
    { name: 'Message', text: record.error?.message || null },
    { name: 'Outcome', text: record.outcome },
  ];
}

function gapFacts(gap: NonNullable<ShownRecord['gap']>): readonly Fact[] {
  const { from, to } = gap;
  const sequence = from === null || to === null ? null : from === to ? String(from) : `${from} to ${to}`;
  return [
    { name: 'Records', text: gap.count === null ? null : formatCount(gap.count) },
    { name: 'Sequence', text: sequence },
    { name: 'Reason', text: gap.reason },
    { name: 'From clients', text: gap.sourceBytes === null ? null : formatBytes(gap.sourceBytes) },
    { name: 'To clients', text: gap.destinationBytes === null ? null : formatBytes(gap.destinationBytes) },
  ];
}

function summaryFacts(
  { rule, capture, startMs, endMs }: ShownRecord,
  summary: NonNullable<ShownRecord['summary']>,
): readonly Fact[] {
  const { count, durationNs, statuses } = summary;
  return [
    { name: 'Rule', text: rule },
    { name: 'Keeps', text: capture },
    { name: 'Exchanges', text: count === null ? null : formatCount(count) },
    {
      name: 'By status',
      text: statuses.length === 0 ? null : statuses.map((one) => `${one.name}: ${one.count}`).join(', '),
    },
    {
      name: 'Mean duration',
      text: durationNs === null || count === null || count === 0 ? null : formatDuration(durationNs / count),
    },
    { name: 'From', text: startMs === null ? null : formatDateTime(startMs) },
    { name: 'To', text: endMs === null ? null : formatDateTime(endMs) },
    { name: 'From clients', text: summary.sourceBytes === null ? null : formatBytes(summary.sourceBytes) },
    {
      name: 'To clients',
      text: summary.destinationBytes === null ? null : formatBytes(summary.destinationBytes),
    },
  ];
}

function identityFacts(record: ShownRecord): readonly Fact[] {
  const { sequence, thread, runId, connectionId, traceId } = record;
  return [
    { name: 'Record', text: record.id },
    { name: 'Sequence', text: sequence === null ? null : String(sequence) },
    { name: 'Run', text: runId },
    { name: 'Data thread', text: thread === null ? null : String(thread) },
    { name: 'Connection', text: connectionId === null ? null : String(connectionId) },
    { name: 'Trace', text: traceId, address: traceAddress(info.value?.traceUrl ?? null, traceId) },
    { name: 'Span', text: record.spanId },
    { name: 'Parent span', text: record.parentSpanId },
    { name: 'Request id', text: record.requestId === record.id ? null : record.requestId },
    { name: 'Service', text: record.service },
    { name: 'Machine', text: record.host },
  ];
}

function sizes(bytes: number | null, body: ShownBody): string | null {
  if (bytes === null) return null;
  const rest = body.bytes === null || body.bytes === 0 ? 'no body' : `body ${formatBytes(body.bytes)}`;
  return `${formatBytes(bytes)}, ${rest}`;
}

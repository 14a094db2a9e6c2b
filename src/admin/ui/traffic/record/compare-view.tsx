import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Shown } from '../../parts/shown.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import {
  type ComparedBody as ComparedBodyFacts,
  type ComparedValue,
  compareRecords,
} from './compare-records.ts';
import { DiffTable } from './diff-table.tsx';
import { headFacts } from './head-facts.ts';
import { type RecordState, useRecord } from './load-record.ts';
import type { ShownRecord } from './shown-record.ts';

/** Two records and what differs between them; what is the same is folded away. */
export function CompareView({
  left,
  right,
  onClose,
}: {
  left: string;
  right: string;
  onClose: () => void;
}): JSX.Element {
  const first = useRecord(left);
  const second = useRecord(right);
  return (
    <article class="record compare" aria-label="Two records">
      <header class="record-head">
        <div class="record-head-bar">
          <h2>Compare</h2>
          <button
            type="button"
            class="button button-plain"
            aria-label="Close the comparison"
            title="Close"
            onClick={onClose}
          >
            ✕
          </button>
        </div>
        <ol class="compare-titles">
          <Title name="A" state={first.state} />
          <Title name="B" state={second.state} />
        </ol>
      </header>
      <Body first={first} second={second} />
    </article>
  );
}

function Title({ name, state }: { name: string; state: RecordState }): JSX.Element {
  const { title } = headFacts(state.kind === 'loaded' ? state.record : null, null);
  return (
    <li>
      <span class="record-badge">{name}</span>{' '}
      <span class="mono">
        <Shown text={`${title.method ?? ''} ${title.text}`.trim()} maxLength={600} />
      </span>
    </li>
  );
}

interface Loading {
  readonly state: RecordState;
  readonly retry: () => void;
}

function Body({ first, second }: { first: Loading; second: Loading }): JSX.Element {
  for (const { state, retry } of [first, second]) {
    if (state.kind === 'failed')
      return <Failure title="A record cannot be loaded" error={state.error} onRetry={retry} />;
    if (state.kind === 'missing')
      return <Failure title="One of the records is not there" error={state.reason} />;
  }
  if (first.state.kind !== 'loaded' || second.state.kind !== 'loaded') return <Loading what="two records" />;
  return <Differences left={first.state.record} right={second.state.record} />;
}

function Differences({ left, right }: { left: ShownRecord; right: ShownRecord }): JSX.Element {
  const comparison = useMemo(() => compareRecords(left, right), [left, right]);
  return (
    <div class="record-panel" tabIndex={0} role="region" aria-label="Differences">
      <Values title="Overview" values={comparison.facts} />
      <Values title="Request headers" values={comparison.requestHeaders} />
      <BodyDifferences title="Request body" body={comparison.requestBody} />
      <Values title="Response headers" values={comparison.responseHeaders} />
      <BodyDifferences title="Response body" body={comparison.responseBody} />
    </div>
  );
}

function Values({ title, values }: { title: string; values: readonly ComparedValue[] }): JSX.Element | null {
  if (values.length === 0) return null;
  const different = values.filter(({ isDifferent }) => isDifferent);
  const same = values.filter(({ isDifferent }) => !isDifferent);
  return (
    <section class="compare-part">
      <h3>
        {title}{' '}
        <span class="muted">{different.length === 0 ? 'the same' : `${different.length} different`}</span>
      </h3>
      {different.length > 0 && <ValueTable label={`${title}: different`} values={different} />}
      {same.length > 0 && (
        <details>
          <summary class="muted">{same.length} the same</summary>
          <ValueTable label={`${title}: the same`} values={same} />
        </details>
      )}
    </section>
  );
}

function ValueTable({ label, values }: { label: string; values: readonly ComparedValue[] }): JSX.Element {
  return (
    <table class="compare-values" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">
            <span class="only-for-readers">Name</span>
          </th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {values.map(({ name, left, right, isDifferent }) => (
          <tr key={name}>
            <th scope="row">
              <Shown text={name} maxLength={300} />
            </th>
            <Value text={left} isDifferent={isDifferent} side="left" />
            <Value text={right} isDifferent={isDifferent} side="right" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({
  text,
  isDifferent,
  side,
}: {
  text: string | null;
  isDifferent: boolean;
  side: 'left' | 'right';
}): JSX.Element {
  return (
    <td class={isDifferent && text !== null ? `compare-${side}` : undefined}>
      {text === null ? <span class="muted">not there</span> : <Shown text={text} maxLength={2000} />}
    </td>
  );
}

function BodyDifferences({ title, body }: { title: string; body: ComparedBodyFacts }): JSX.Element | null {
  if (body.kind === 'none') return null;
  return (
    <section class="compare-part">
      <h3>
        {title} {body.kind === 'same' && <span class="muted">the same, {body.lineCount} lines</span>}
      </h3>
      {body.kind === 'unknown' && <p class="muted">{body.reason}</p>}
      {body.kind === 'different' && <DiffTable rows={body.rows} label={`${title}: differences`} />}
    </section>
  );
}

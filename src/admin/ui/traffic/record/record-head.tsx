import type { ComponentChildren, JSX } from 'preact';
import { formatDateTime, formatDuration } from '../../parts/format.ts';
import { Shown } from '../../parts/shown.tsx';
import { explain } from './explain.ts';
import type { HeadFacts } from './head-facts.ts';
import type { ShownRecord } from './shown-record.ts';
import { statusText } from './status-text.ts';

/** What was asked, what came of it, and what went wrong, in words. */
export function RecordHead({
  facts,
  record,
  onClose,
  children,
}: {
  facts: HeadFacts;
  /** Null until it is loaded. */
  record: ShownRecord | null;
  onClose: () => void;
  /** What can be done with it. */
  children?: ComponentChildren;
}): JSX.Element {
  const explanation = record === null ? null : explain(record);
  const { title, status, durationNs, timestampMs, kind } = facts;
  return (
    <header class="record-head">
      <div class="record-head-bar">
        <div class="record-head-facts">
          {status !== null && (
            <span class={`record-status record-status-${statusTone(status)}`}>{statusText(status)}</span>
          )}
          {durationNs !== null && <span>{formatDuration(durationNs)}</span>}
          {timestampMs !== null && <time class="muted">{formatDateTime(timestampMs)}</time>}
          {kind !== 'exchange' && (
            <span class="record-badge">
              <Shown text={kind} maxLength={40} />
            </span>
          )}
        </div>
        {children}
        <button
          type="button"
          class="button button-plain"
          aria-label="Close the record"
          title="Close (Esc)"
          onClick={onClose}
        >
          ✕
        </button>
      </div>
      <h2 class="record-title mono">
        {title.method !== null && (
          <span class="record-method">
            <Shown text={title.method} maxLength={40} />{' '}
          </span>
        )}
        <Shown text={title.text} maxLength={4000} />
      </h2>
      {explanation !== null && (
        <div class={`record-explanation record-explanation-${explanation.tone}`}>
          <p>
            <Shown text={explanation.sentence} maxLength={1000} />
          </p>
          <p class="record-advice">
            <Shown text={explanation.advice} maxLength={1000} />
          </p>
        </div>
      )}
    </header>
  );
}

function statusTone(status: number): string {
  if (status >= 500) return 'danger';
  if (status >= 400) return 'warning';
  return status >= 300 ? 'notice' : 'success';
}

import type { JSX } from 'preact';
import { Shown } from '../parts/shown.tsx';
import { plainText } from '../parts/shown-text.ts';
import { undertaking } from './running-program.ts';
import { showSource } from './show-source.ts';

/** How the last start or stop went; of one that failed, where. */
export function UndertakingLine(): JSX.Element {
  return (
    <div role="status" aria-live="polite">
      <Line />
    </div>
  );
}

function Line(): JSX.Element | null {
  const { value } = undertaking;
  const dismiss = (
    <button
      type="button"
      class="button button-plain"
      aria-label="Dismiss"
      title="Dismiss"
      onClick={() => (undertaking.value = { kind: 'none' })}
    >
      ✕
    </button>
  );
  switch (value.kind) {
    case 'none':
      return null;
    case 'starting':
      return <p class="program-note">Starting {plainText(value.path)}…</p>;
    case 'stopping':
      return <p class="program-note">Stopping…</p>;
    case 'started':
      return (
        <p class="program-note program-note-good">
          <span>✓ {plainText(value.path)} runs.</span>
          {dismiss}
        </p>
      );
    case 'failed': {
      const { message, file, line, column } = value.fault;
      const at = plainText(file ?? value.path);
      return (
        <p class="program-note program-note-bad">
          <span>
            <strong>{plainText(value.path)} did not start; what ran before runs on.</strong>{' '}
            {line !== null && (
              <button type="button" class="program-link" onClick={() => showSource(value.fault, value.path)}>
                {at}:{line}
                {column === null ? '' : `:${column}`}
              </button>
            )}{' '}
            <Shown text={message} maxLength={1000} />
          </span>
          {dismiss}
        </p>
      );
    }
  }
}

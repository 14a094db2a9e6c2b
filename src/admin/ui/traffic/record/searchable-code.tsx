import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatCount } from '../../parts/format.ts';
import { Code } from './code.tsx';
import type { CodeLanguage } from './code-lines.ts';
import { findText } from './find-text.ts';

/** Kept from record to record. */
const isWrapped = signal(true);

/** Text of a record with a field that finds in all of it, also in what is not drawn yet. */
export function SearchableCode({
  text,
  language,
  label,
}: {
  text: string;
  language: CodeLanguage;
  label: string;
}): JSX.Element {
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);
  const { offsets, isCut } = useMemo(() => findText(text, wanted), [text, wanted]);
  const offset = offsets[at];
  const found = useMemo(
    () => (offset === undefined ? null : { offset, length: wanted.length }),
    [offset, wanted],
  );
  const step = (by: number): void => {
    if (offsets.length > 0) setAt((at + by + offsets.length) % offsets.length);
  };
  return (
    <>
      <div class="code-bar">
        <input
          class="field code-find"
          type="search"
          placeholder="Find"
          aria-label={`Find in: ${label}`}
          value={wanted}
          maxLength={200}
          onInput={({ currentTarget }) => {
            setWanted(currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            step(event.shiftKey ? -1 : 1);
          }}
        />
        {wanted !== '' && (
          <>
            <button type="button" class="button" aria-label="Find the one before" onClick={() => step(-1)}>
              ↑
            </button>
            <button type="button" class="button" aria-label="Find the next" onClick={() => step(1)}>
              ↓
            </button>
          </>
        )}
        <span class="muted" role="status">
          {wanted !== '' &&
            (offsets.length === 0
              ? 'not found'
              : `${formatCount(at + 1)} of ${formatCount(offsets.length)}${isCut ? ' or more' : ''}`)}
        </span>
        <button
          type="button"
          class="button code-wrap"
          aria-pressed={isWrapped.value}
          onClick={() => (isWrapped.value = !isWrapped.value)}
        >
          Wrap
        </button>
      </div>
      <Code text={text} language={language} isWrapped={isWrapped.value} found={found} label={label} />
    </>
  );
}

import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatBytes } from '../../parts/format.ts';
import { hexLines } from './hex-lines.ts';

const PAGE_BYTES = 8 * 1024;

/** A text as the bytes of its UTF-8. */
export function HexTable({ text, label }: { text: string; label: string }): JSX.Element {
  const [pages, setPages] = useState(1);
  const bytes = useMemo(() => new TextEncoder().encode(text), [text]);
  const lines = hexLines(bytes, PAGE_BYTES * pages);
  return (
    <>
      <div class="record-hex" role="region" aria-label={label} tabIndex={0}>
        {lines.map(({ offset, hex, ascii }) => (
          <div key={offset} class="record-hex-line">
            <span class="muted">{offset.toString(16).padStart(8, '0')}</span>
            <span class="record-hex-bytes">{hex}</span>
            <span>{ascii}</span>
          </div>
        ))}
      </div>
      {bytes.length > PAGE_BYTES * pages && (
        <p class="code-more">
          <span>
            {formatBytes(PAGE_BYTES * pages)} of {formatBytes(bytes.length)} are shown.
          </span>
          <button type="button" class="button" onClick={() => setPages(pages + 4)}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}

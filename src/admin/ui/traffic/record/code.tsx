import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatBytes } from '../../parts/format.ts';
import { shownText } from '../../parts/shown-text.ts';
import { type CodeLanguage, type CodePiece, codePage } from './code-lines.ts';

/** Text of a record with line numbers, as much of it at once as a browser draws without stopping. */
export function Code({
  text,
  language = 'plain',
  isWrapped = true,
  label,
}: {
  text: string;
  language?: CodeLanguage;
  isWrapped?: boolean;
  /** For screen readers. */
  label: string;
}): JSX.Element {
  const [pages, setPages] = useState(1);
  const page = useMemo(() => codePage(text, language, pages), [text, language, pages]);
  const width = `${String(page.lines.length).length + 1}ch`;
  return (
    <>
      <div
        class="code"
        role="region"
        aria-label={label}
        tabIndex={0}
        data-wrapped={isWrapped}
        style={{ '--code-numbers': width }}
      >
        {page.lines.map((pieces, index) => (
          <div key={index} class="code-line" data-line={index + 1}>
            <span class="code-text">{pieces.map((piece, at) => drawn(piece, at))}</span>
          </div>
        ))}
      </div>
      {!page.isWhole && (
        <p class="code-more">
          <span>
            {formatBytes(page.shownLength)} of {formatBytes(text.length)} are shown.
          </span>
          <button type="button" class="button" onClick={() => setPages(pages + 1)}>
            Show more
          </button>
          <button type="button" class="button button-plain" onClick={() => setPages(pages * 8)}>
            Show much more
          </button>
        </p>
      )}
    </>
  );
}

function drawn({ kind, text }: CodePiece, key: number): JSX.Element | string {
  const { pieces } = shownText(text);
  if (kind === 'plain' && pieces.length === 1 && !pieces[0]!.isHidden) return text;
  return (
    <span key={key} class={kind === 'plain' ? undefined : `code-${kind}`}>
      {pieces.map((piece, at) =>
        piece.isHidden ? (
          <span key={at} class="hidden-character" title="A character that cannot be shown">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </span>
  );
}
